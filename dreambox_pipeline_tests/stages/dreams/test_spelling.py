"""Rules of reading through disguise and typing errors."""

import pytest

from dreambox_pipeline.stages.dreams.spelling import read_through


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("I drеamt of it", "i dreamt of it"),  # a Cyrillic е
        ("ＤＲＥＡＭ", "dream"),
        ("𝐝𝐫𝐞𝐚𝐦𝐭", "dreamt"),
        ("a nightmаrе", "a nightmare"),
        ("i draemt", "i dreamt"),
        ("a nightmere", "a nightmare"),
        ("dr3am", "dream"),
        ("SOÑÉ", "soñé"),
        ("мне приснился сон", "мне приснился сон"),
        ("Όνειρο", "όνειρο"),
        ("derma cream", "derma cream"),
    ],
)
def test_one_rule_serves_all_spellings(written, read):
    """Mixed scripts are put right, whole words of another script are left alone."""
    assert read_through(written) == read
