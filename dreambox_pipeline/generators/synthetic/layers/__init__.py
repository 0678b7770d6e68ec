"""The parts of a place: sky, clouds, ridges, water, trees, skylines, halls.

Each module bakes what does not change once, as `canvas.Sheet`s, and computes per frame only what
moves. Things that stand or fly in a place are `actors`.
"""
