"""The ledger: dispatches, shards and deliveries. Every change of a delivery's state is here.

The functions take an open transaction, so that whoever calls them decides what else belongs to it.
"""
