#!/bin/sh
# A day in the stack files of this folder: joiners, a mover, leavers, and a grant for the evening. The tests run it, each part at the time of Tokyo that stands above it.
# After each part: commit, have the change reviewed, and run the lines that were printed.
set -e

# 09:00 Five people join: four work on the shop, one leads.
guardrails person add jump --csv joiners.csv

# 10:00 Gil leads from today on, and works on the shop no longer.
guardrails person move jump gil --from shop --to leads

# 11:00 Bob and Ivo leave. First what it means, then the edit: Bob has roles of his own, which go with him.
guardrails person remove jump bob ivo --with-roles --dry-run
guardrails person remove jump bob ivo --with-roles

# 14:00 Fay mends the billing machines tonight.
guardrails grant workload jump/fay --run-as fay --project billing --from "tonight 19:00" --for 2h --ticket CHG2001

# 14:30 Dave, who comes through IAM Identity Center, administers the account tonight.
guardrails grant workload identity/dave --opens AdminRole --from "tonight 19:00" --for 2h --ticket CHG2002
guardrails grants

# 19:00 It begins.
guardrails grants workload

# 20:00 She is done an hour early.
guardrails revoke workload CHG2001 --dry-run
guardrails revoke workload CHG2001

# 20:30 So is he, and his rights end at once.
guardrails revoke workload CHG2002

# 22:00 The last shell has ended, and the grant can go.
guardrails grants --prune
guardrails check
