"""What DNS says about a host and about a cluster's wildcard: questions, answers, and what they mean for an entry.

Pure: values in, values out, no rows and no settings. Nothing here raises for what a name server says or does not say,
and no call lasts longer than its deadline. The only place that knows dnspython.
"""
