# Chores by name; `just` lists them. Everything here is a plain cargo command that works without just.

default:
    @just --list

# Install what tests need and run them all.
test *args:
    cargo xtask test {{args}}

# What CI runs.
ci:
    bash .ci/run

# Write the generated files anew: rule and provider documentation, schemas, the example company.
generate:
    cargo xtask generate

# Write the table of AWS's actions anew, from the package that xtask/requirements-catalogue.txt pins.
catalogue *args:
    cargo xtask catalogue {{args}}

# Try the policy engine with inputs that follow the code they reach.
fuzz *args:
    cargo xtask fuzz {{args}}

# Time and memory of scans of estates of several sizes; `just bench verdicts`: of verdicts of the policy engine.
bench *args:
    cargo xtask bench {{args}}

# A new rule from the template.
new-rule id:
    cargo xtask new-rule {{id}}
