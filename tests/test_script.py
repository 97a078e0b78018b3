"""The `filrouge` script, in a folder of its own with stand-ins for uv, python3 and the environments it makes."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tools import ROOT, need_command

pytestmark = pytest.mark.process

SYSTEM = [
    "awk",
    "cat",
    "chmod",
    "cmp",
    "cp",
    "cut",
    "df",
    "dirname",
    "head",
    "ln",
    "mkdir",
    "readlink",
    "rm",
    "sh",
]
SYSTEM += ["sleep", "sort", "tail"]
APP = ".venv/bin/python"

FAKE_UV = """#!/bin/sh
echo "uv $*" >> "{root}/calls"
case "$1 ${{2:-}}" in
    "--version ") echo "uv {version} (test)" ;;
    "python find") exit {finds_python} ;;
    "python install") exit {installs_python} ;;
    venv*) for last; do :; done
        mkdir -p "$last/bin" && cp "{root}/fake-python" "$last/bin/python" ;;
    "pip sync") echo "+ package" && exit {syncs} ;;
esac
"""

# Stands for the interpreters of both environments: records what it is asked to run.
FAKE_PYTHON = r"""#!/bin/sh
if [ "$1" = -c ]; then exit 0; fi
echo "${{0#{root}/}} $*" >> "{root}/calls"
echo "PYTHONPATH=${{PYTHONPATH:-}} HOME=$FILROUGE_HOME PWD=$PWD" >> "{root}/surroundings"
case "$PWD $*" in
    */nlu\ -m\ pytest*) exit {nlu_tests} ;;
    *-m\ pytest*) exit {app_tests} ;;
    *-m\ bot*) echo "from the app"; exit {app} ;;
esac
"""

# Stands for the system's python3.
FAKE_PYTHON3 = """#!/bin/sh
echo "python3 $*" >> "{root}/calls"
case "$*" in
    *ensurepip*) exit {venv} ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "{root}/fake-pip" "$3/bin/python" ;;
    "-m pip --version") exit {pip} ;;
    "-m pip install --target "*) mkdir -p "$5/bin" && cp "{root}/fake-uv" "$5/bin/uv" ;;
    "-m pip config get global.index-url") echo "{index}" ;;
esac
"""
FAKE_PIP = """#!/bin/sh
cp "{root}/fake-uv" "${{0%/python}}/uv"
"""


UV_WORKS = {"version": "0.9.2", "finds_python": 0, "installs_python": 0, "syncs": 0}


class Machine:
    """A folder with the script, and a PATH with what the machine is said to have."""

    def __init__(self, tmp_path: Path) -> None:
        self.root = tmp_path / "check out"  # a space, as in real folders
        self.bin = tmp_path / "bin"
        self.root.mkdir()
        self.bin.mkdir()
        (self.root / "nlu" / "tests").mkdir(parents=True)
        for name in ("filrouge", "requirements-tools.lock"):
            shutil.copy(ROOT / name, self.root / name)
        for lock in ("requirements.lock", "requirements-dev.lock", "nlu/requirements.lock"):
            (self.root / lock).write_text(lock, "utf-8")
        for name in SYSTEM:
            (self.bin / name).symlink_to(need_command(name))
        self.write(self.root / "fake-pip", FAKE_PIP)
        self.environments()
        self.uv()
        self.python3()

    def write(self, path: Path, script: str, **values: object) -> None:
        path.unlink(missing_ok=True)
        path.write_text(script.format(root=self.root, **values), "utf-8")
        path.chmod(0o755)

    def uv(self, **differently: object) -> None:
        self.write(self.root / "fake-uv", FAKE_UV, **UV_WORKS)
        self.write(self.bin / "uv", FAKE_UV, **{**UV_WORKS, **differently})

    def python3(self, *, venv: int = 0, pip: int = 0, index: str = "") -> None:
        self.write(self.bin / "python3", FAKE_PYTHON3, venv=venv, pip=pip, index=index)

    def environments(self, *, app: int = 0, app_tests: int = 0, nlu_tests: int = 0) -> None:
        values = {"app": app, "app_tests": app_tests, "nlu_tests": nlu_tests}
        self.write(self.root / "fake-python", FAKE_PYTHON, **values)

    def has(self, name: str, script: str = "#!/bin/sh\n") -> None:
        self.write(self.bin / name, script)

    def lacks(self, name: str) -> None:
        (self.bin / name).unlink()

    def run(
        self, *arguments: str, script: Path | None = None, cwd: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(script or self.root / "filrouge"), *arguments],
            cwd=cwd,
            env={"PATH": str(self.bin), "HOME": str(self.bin), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def calls(self, start: str = "") -> list[str]:
        path = self.root / "calls"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [line for line in lines if line.startswith(start)]

    def forget_calls(self) -> None:
        (self.root / "calls").unlink()

    def synced(self) -> list[str]:
        return [line.rsplit("/", 1)[-1] for line in self.calls("uv pip sync")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_first_start_makes_the_environment_and_hands_the_arguments_over(machine: Machine) -> None:
    done = machine.run("chat", "--as", "une personne")
    assert done.returncode == 0
    assert done.stdout == "from the app\n"  # standard output belongs to the app
    assert "[2/3] J'installe l'application" in done.stderr
    assert machine.calls(APP) == [f"{APP} -P -m bot chat --as une personne"]
    (sync,) = machine.calls("uv pip sync")
    assert "--require-hashes" in sync


def test_a_second_start_installs_nothing_and_says_nothing(machine: Machine) -> None:
    machine.run("run")
    machine.forget_calls()
    done = machine.run("run")
    assert done.stderr == ""
    assert machine.calls() == [f"{APP} -P -m bot run"]


def test_a_changed_lock_is_synced_again(machine: Machine) -> None:
    machine.run("run")
    machine.forget_calls()
    (machine.root / "nlu/requirements.lock").write_text("changed", "utf-8")
    machine.run("run")
    assert [("nlu" in line) for line in machine.calls("uv pip sync")] == [True]


def test_it_works_from_any_folder_and_through_a_link(machine: Machine, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = elsewhere / "fr"
    link.symlink_to("../check out/filrouge")
    assert machine.run("people", "import", "x.csv", script=link, cwd=elsewhere).returncode == 0
    surroundings = (machine.root / "surroundings").read_text("utf-8").strip()
    assert surroundings == f"PYTHONPATH={machine.root} HOME={machine.root}/.filrouge PWD={elsewhere}"


@pytest.mark.parametrize(
    ("arguments", "with_rasa"),
    [
        (["run"], True),
        (["run", "--demo"], True),
        (["run", "--without-nlu"], False),
        (["train"], True),
        (["evaluate"], True),
        (["interpret"], True),
        (["interpret", "--without-nlu"], False),
        (["run", "--help"], False),
        (["--help"], False),
        (["serve"], False),
        (["check-directory"], False),
        ([], False),
    ],
)
def test_only_what_needs_rasa_installs_it(machine: Machine, arguments: list[str], with_rasa: bool) -> None:
    machine.run(*arguments)
    assert any("nlu/.venv" in line for line in machine.calls("uv pip sync")) == with_rasa


def test_the_exit_code_of_the_app_is_kept(machine: Machine) -> None:
    machine.environments(app=7)
    assert machine.run("run").returncode == 7


def test_an_environment_with_the_development_lock_serves_for_running(machine: Machine) -> None:
    machine.run("test", "--fast")
    machine.forget_calls()
    machine.run("serve")
    assert machine.calls("uv") == []


def test_fast_tests_need_no_rasa_and_leave_out_what_is_slow(machine: Machine) -> None:
    assert machine.run("test", "-x", "--fast", "-k", "un mot").returncode == 0
    assert machine.synced() == ["requirements-dev.lock"]
    (call,) = machine.calls(APP)
    assert "not rasa and not postgresql and not browser and not emulator and not process" in call
    assert call.endswith("-x -k un mot")


def test_all_tests_train_then_test_the_app_then_the_components(machine: Machine) -> None:
    assert machine.run("test").returncode == 0
    ran = [line for line in machine.calls() if line.split()[0] in {APP, ".venv/bin/python"}]
    assert ran == [f"{APP} -P -m bot train", f"{APP} -m pytest", ".venv/bin/python -m pytest"]
    assert f"PWD={machine.root}/nlu" in (machine.root / "surroundings").read_text("utf-8")


@pytest.mark.parametrize("failing", ["app_tests", "nlu_tests"])
def test_a_failure_in_either_suite_fails_the_command_and_hides_neither(
    machine: Machine, failing: str
) -> None:
    machine.environments(**{failing: 1})
    assert machine.run("test").returncode == 1
    assert sum("-m pytest" in line for line in machine.calls()) == 2


def test_a_failed_training_fails_the_tests(machine: Machine) -> None:
    machine.environments(app=1)
    assert machine.run("test").returncode == 1


@pytest.mark.parametrize("with_pip", [True, False])
def test_without_uv_a_private_one_is_installed(machine: Machine, with_pip: bool) -> None:
    machine.lacks("uv")
    machine.python3(venv=int(with_pip), pip=int(not with_pip))
    done = machine.run("serve")
    assert done.returncode == 0
    assert "J'installe uv" in done.stderr
    assert machine.synced() == ["requirements.lock"]


def test_a_uv_that_is_too_old_is_not_used(machine: Machine) -> None:
    machine.uv(version="0.4.30")
    assert machine.run("serve").returncode == 0
    assert (machine.root / ".tools/uv/bin/uv").exists()


def test_a_missing_system_package_is_named_in_one_sentence(machine: Machine) -> None:
    machine.lacks("uv")
    machine.python3(venv=1, pip=1)
    machine.has("apt-get")
    done = machine.run("run")
    assert done.returncode == 1
    assert done.stderr == "Il manque le paquet système python3-venv : sudo apt install python3-venv\n"


def test_elsewhere_than_on_debian_what_is_missing_is_named_too(machine: Machine) -> None:
    machine.lacks("uv")
    machine.python3(venv=1, pip=1)
    done = machine.run("run")
    assert done.returncode == 1
    assert "ni venv ni pip" in done.stderr


def test_without_python3_it_is_named(machine: Machine) -> None:
    machine.lacks("uv")
    machine.lacks("python3")
    done = machine.run("run")
    assert done.returncode == 1
    assert "Il manque le paquet système python3" in done.stderr


def test_python_3_11_is_fetched_when_the_machine_has_none(machine: Machine) -> None:
    machine.uv(finds_python=1)
    assert machine.run("serve").returncode == 0
    assert machine.calls("uv python install") == ["uv python install 3.11"]


def test_without_python_3_11_one_sentence_says_what_to_do(machine: Machine) -> None:
    machine.uv(finds_python=1, installs_python=1)
    done = machine.run("run")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Python 3.11 est introuvable")


def test_a_failed_installation_is_told_and_tried_again_at_the_next_start(machine: Machine) -> None:
    machine.uv(syncs=2)
    done = machine.run("run")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("L'installation a échoué")
    machine.uv()
    assert machine.run("run").returncode == 0


def test_too_small_a_disk_is_one_sentence_before_anything_is_installed(machine: Machine) -> None:
    machine.lacks("df")
    machine.has("df", "#!/bin/sh\necho header\necho 'disk 9 9 2100000 9% /'\n")
    done = machine.run("run")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "Il faut environ 4 Go libres pour la première installation, et il reste 2100 Mo"
    )
    assert machine.calls() == []


@pytest.mark.parametrize("where", ["configuration", "environment"])
def test_the_package_index_configured_for_pip_is_the_one_that_uv_uses(machine: Machine, where: str) -> None:
    mirror = "https://miroir.example/simple"
    machine.python3(index=mirror if where == "configuration" else "")
    machine.write(machine.bin / "uv", FAKE_UV.replace("uv $*", "uv $* ${{UV_DEFAULT_INDEX:-}}"), **UV_WORKS)
    machine.run("serve", PIP_INDEX_URL=mirror if where == "environment" else "")
    assert machine.calls("uv pip sync")[0].endswith(mirror)


def test_an_index_configured_for_uv_wins_over_that_of_pip(machine: Machine) -> None:
    machine.python3(index="https://miroir.example/simple")
    machine.run("serve", UV_DEFAULT_INDEX="https://uv.example/simple")
    assert machine.calls("python3 -m pip config") == []


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^([\w.-]+==\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))


def test_the_development_lock_holds_the_runtime_one() -> None:
    assert pins("requirements.lock")
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-tools.lock", "nlu/requirements.lock"]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_a_hash_for_every_package_and_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    packages = re.split(r"\n(?=\w)", text)
    assert all("--hash=sha256:" in package for package in packages)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "nlu/requirements.lock"])
def test_a_lock_resolves_for_the_four_platforms(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    for platform in ("'arm64' and sys_platform == 'darwin'", "'x86_64' and sys_platform == 'darwin'"):
        assert platform in text
    for platform in ("'aarch64' and sys_platform == 'linux'", "'x86_64' and sys_platform == 'linux'"):
        assert platform in text


@pytest.mark.parametrize("script", ["filrouge", ".ci/run"])
def test_the_scripts_pass_shellcheck(script: str) -> None:
    checked = subprocess.run(
        [need_command("shellcheck"), str(ROOT / script)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_the_script_is_executable_as_committed() -> None:
    assert os.access(ROOT / "filrouge", os.X_OK)
    assert os.access(ROOT / ".ci/run", os.X_OK)
