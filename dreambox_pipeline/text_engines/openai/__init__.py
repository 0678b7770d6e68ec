"""The engine that asks a language model over OpenAI's Responses and Batch APIs.

engine      the cascade: embedded gate, ask, check, fall back
questions   what is sent about one comment
schemas     what may come back;  families: what a model lets one set
server      one question, many questions;  faults: what an error means
batches     thousands of questions, answered hours later
prompt_writer, prompt_questions     prompts in a model's words, checked as a stranger's
answers     an answer, or why there is none
verdicts, facts, grounding     what of an answer is believed
moderation  texts and pictures before the moderation model
"""
