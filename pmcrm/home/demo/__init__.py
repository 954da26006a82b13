"""The demo company: Tidewright, which sells planning software to harbours, yards and carriers. All of it is invented.

The same on every machine: one seeded generator, no clock but today's month. Dates lie relative to the current month:
25 whole months and the present one, so that the last twelve closed months hold data on any day. Mail addresses end
in the reserved `.example`, phone numbers come from ranges that regulators keep for fiction.
"""
