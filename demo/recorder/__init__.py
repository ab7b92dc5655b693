"""The parts of record_month.py: a small hoster, its people, its thieves and its servers."""
