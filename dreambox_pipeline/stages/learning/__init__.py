"""What to do differently: rewards from snapshots, and the policies they change.

The loop closes through stored, versioned policies. Earlier stages own the policy types and
read the newest version; nothing there imports this stage.
"""
