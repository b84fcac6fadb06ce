"""A PostgreSQL and a NATS of a benchmark's own, and processes that end with it."""

import glob, os, pathlib, shutil, socket, subprocess, sys, tempfile, time

project = pathlib.Path(__file__).resolve().parents[3]
work = pathlib.Path(tempfile.mkdtemp(prefix="postlink-fleet-"))
os.chmod(work, 0o755)
(work / "tmp").mkdir()
running = []


def free():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def start(*command, log="log"):
    own = os.environ | {"TMPDIR": str(work / "tmp")}
    process = subprocess.Popen([str(word) for word in command], cwd=work, env=own, stdout=open(work / log, "ab"), stderr=subprocess.STDOUT)
    running.append(process)
    return process


def run(*command):
    ended = subprocess.run([str(word) for word in command], cwd=work, capture_output=True, text=True)
    if ended.returncode:
        sys.exit(f"{command}: {ended.stdout}{ended.stderr}")
    return ended.stdout


class Postgres:
    """A server that may be stopped as when its machine fails."""

    def __init__(self):
        self.programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.data, self.port = work / "pg", free()
        self.data.mkdir()
        self.as_user = []
        if os.geteuid() == 0:
            shutil.chown(self.data, "postgres")
            self.as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        run(*self.as_user, f"{self.programs}/initdb", "-D", self.data, "-U", "tester", "-A", "trust", "--no-locale", "-E", "UTF8")
        self.url = f"postgres://tester@127.0.0.1:{self.port}/postgres"
        self.up()

    def up(self):
        # As a server is run that must not lose anything.
        command = [*self.as_user, f"{self.programs}/postgres", "-D", self.data, "-p", self.port]
        options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.data}"]
        self.process = start(*command, *options, log="pg.log")
        for _ in range(100):
            if subprocess.run([f"{self.programs}/pg_isready", "-h", "127.0.0.1", "-p", str(self.port)], capture_output=True).returncode == 0:
                return
            time.sleep(0.2)
        sys.exit("PostgreSQL does not start")

    def down(self):
        run(*self.as_user, f"{self.programs}/pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        self.process.wait()

    def ask(self, question):
        return run(f"{self.programs}/psql", self.url, "-At", "-F", " ", "-c", question).strip()


class Network:
    """A network of its own for a worker, and the only cable between it and this machine's. Needs root."""

    def __init__(self):
        # Addresses of its own (RFC 2544): what is left of a run that was killed may lie on others.
        block = f"198.18.{os.getpid() % 256}"
        self.name, self.plug, self.here, there = f"pl{os.getpid()}", f"p{os.getpid()}", f"{block}.1", f"{block}.2"
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", self.plug, "type", "veth", "peer", "name", "socket", "netns", self.name)
        run("ip", "addr", "add", f"{self.here}/30", "dev", self.plug)
        run("ip", "link", "set", self.plug, "up")
        run("ip", "-n", self.name, "addr", "add", f"{there}/30", "dev", "socket")
        run("ip", "-n", self.name, "link", "set", "socket", "up")
        run("ip", "-n", self.name, "link", "set", "lo", "up")
        self.within = ["nsenter", f"--net=/run/netns/{self.name}"]

    def cable(self, state):
        run("ip", "link", "set", self.plug, state)

    def end(self):
        run("ip", "netns", "delete", self.name)


class Disk:
    """A small one for the evidence, that can be filled. Needs root."""

    def __init__(self, at, size):
        self.at = at
        at.mkdir(parents=True)
        run("mount", "-t", "tmpfs", "-o", f"size={size}", "postlink-chaos", at)

    def fill(self):
        with open(self.at / "ballast", "wb") as ballast:
            try:
                while True:
                    ballast.write(bytes(1 << 20))
                    ballast.flush()
            except OSError:
                pass

    def clear(self):
        (self.at / "ballast").unlink()

    def end(self):
        run("umount", "--lazy", self.at)


class Nats:
    """A broker that may be killed, and lose its disk."""

    def __init__(self, address="127.0.0.1"):
        self.port = free()
        self.url = f"nats://{address}:{self.port}"
        (work / "nats.conf").write_text(f'listen: {address}:{self.port}\njetstream {{ store_dir: "{work}/nats" }}\n')
        self.up()

    def up(self):
        self.process = start(project / ".cache/nats/bin/nats-server", "-c", work / "nats.conf", log="nats.log")
        time.sleep(1)

    def kill(self, with_its_disk=False):
        self.process.kill()
        self.process.wait()
        if with_its_disk:
            shutil.rmtree(work / "nats", ignore_errors=True)


def end():
    for process in running:
        process.kill()
    for process in running:
        process.wait()
    shutil.rmtree(work, ignore_errors=True)
