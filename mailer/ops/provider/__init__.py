"""A sink that plays a provider: it takes copies as one would, and keeps none of them.

Limits, slow answers, greylisting and temporary refusals follow a profile. It runs in a process of
its own, so that what it costs is not taken for the sender's cost.
"""
