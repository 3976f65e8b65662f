"""How fast, how many, through which relay, and who rests: pure decisions, state in, state out.

Nothing here reads a clock or keeps anything; sender/traffic.py does both.
"""
