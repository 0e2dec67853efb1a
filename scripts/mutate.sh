#!/bin/sh
# Mutation score of the deciding core (mutmut 3): how many small changes of gate/core the tests of
# tests/core notice, the long simulation apart. Half an hour on two cores; not part of CI.
# Usage: scripts/mutate.sh [PATTERN...], such as 'gate.core.lane.*'. Works on a copy in build/mutate,
# where it goes on from the last run; delete that folder to begin anew. Needs `scripts/setup.sh test`.
set -eu
cd "$(dirname "$0")/.."
work=${MUTATE_DIR:-build/mutate}
venv=${MUTATE_VENV:-.venv-mutate}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import mutmut' 2>/dev/null || "$venv/bin/python" -m pip install -q mutmut==3.8.1
venv=$(cd "$venv" && pwd)
# Whatever the tests import is there in the project's own environment, in its locked versions.
(cd "${VENV:-.venv}"/lib/python3.*/site-packages && pwd) > "$(echo "$venv"/lib/python3.*/site-packages)/project.pth"
mkdir -p "$work"
for part in gate schemas config devices bench ocr tests; do
    rm -rf "${work:?}/$part"
    tar -c --exclude='*.onnx' --exclude=__pycache__ "$part" | tar -x -C "$work"
done
cat > "$work/setup.cfg" <<'END'
[mutmut]
source_paths = gate/core
pytest_add_cli_args_test_selection = tests/core
pytest_add_cli_args = -q
    --ignore=tests/core/test_simulation.py
    -p
    no:cacheprovider
also_copy = gate
    schemas
    config
    devices
    bench
    ocr
    tests
max_children = 2
END
cd "$work"
rm -f conftest.py tests/conftest.py
"$venv/bin/mutmut" run "$@"
"$venv/bin/mutmut" results --all true > results.txt
grep -v -e ': killed' -e ': not checked' results.txt > survivors.txt || true
killed=$(grep -c ': killed' results.txt || true)
echo "killed $killed, not killed $(grep -c . survivors.txt || true) (survivors.txt)"
