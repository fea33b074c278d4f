"""A real S3 server with Object Lock on loopback: Ceph's radosgw, over a cluster in memory (Debian 13)."""

import json
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.backup.s3 import Bucket
from appliance.domain.backup import Target, TargetKind
from tests.backup.servers import NO_RESTIC, free_port, require, wait_for

PROGRAMS = ("ceph", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
NO_SERVER = "radosgw is not installed (Debian 13: apt install radosgw ceph-mon ceph-osd ceph-common)"
_LOCK = """<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>30</Days>
</DefaultRetention></Rule></ObjectLockConfiguration>"""
# What docs/operations.md says the box needs, and no more.
ALLOWED = (
    *("PutObject", "GetObject", "GetObjectVersion", "ListBucket", "GetBucketLocation", "DeleteObject"),
    *("PutObjectRetention", "GetObjectRetention"),
)


class Server:
    """The server, its owner, and the box's own account there."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"

    def target(self, bucket: str, user: str = "BOXKEY", secret: str = "boxsecret") -> Target:  # noqa: S107
        address = f"{self._address}/{bucket}/box"
        return Target("bucket", TargetKind.S3, address, "NL", "us-east-1", user=user, secret=secret)

    def owner(self, bucket: str) -> Bucket:
        return Bucket(self.target(bucket, "OWNERKEY", "ownersecret"))

    def make(self, bucket: str, *, locked: bool) -> Target:
        """A bucket of the owner's, in which the box may do what it must."""
        now, owner = datetime.now(UTC), self.owner(bucket)
        wanted = {"x-amz-bucket-object-lock-enabled": "true"} if locked else {}
        assert owner.ask("PUT", "", now, headers=wanted).done
        if locked:
            assert owner.ask("PUT", "", now, query={"object-lock": ""}, body=_LOCK.encode()).done
        else:
            versions = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
            assert owner.ask("PUT", "", now, query={"versioning": ""}, body=versions).done
        actions = [f"s3:{one}" for one in (ALLOWED if locked else (*ALLOWED, "DeleteObjectVersion"))]
        allow = {
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam:::user/box"]},
            "Action": actions,
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]}).encode()
        assert owner.ask("PUT", "", now, query={"policy": ""}, body=policy).done
        return self.target(bucket)


@contextmanager
def object_lock_server(folder: Path) -> Iterator[Server]:
    """The cluster, ended with the block."""
    require("restic", NO_RESTIC)
    for program in PROGRAMS:
        require(program, NO_SERVER)
    monitor, gateway, fsid = free_port(), free_port(), str(uuid.uuid4())
    osd = str(uuid.uuid4())
    for name in ("mon", "osd", "run"):
        (folder / name).mkdir(parents=True)
    conf = folder / "ceph.conf"
    conf.write_text(_conf(folder, fsid, monitor, gateway))
    running: list[subprocess.Popen[bytes]] = []

    def run(program: str, *arguments: str) -> None:
        subprocess.run([program, *arguments], check=True, capture_output=True, timeout=120)

    def start(program: str, *arguments: str) -> None:
        command = [program, "-c", str(conf), "-f", *arguments]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    try:
        monmap = str(folder / "monmap")
        run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v1:127.0.0.1:{monitor}]", monmap)
        run("ceph-mon", "-c", str(conf), "--mkfs", "-i", "a", "--monmap", monmap)
        start("ceph-mon", "-i", "a")
        wait_for(monitor)
        run("ceph", "-c", str(conf), "osd", "new", osd, "0")
        run("ceph-osd", "-c", str(conf), "-i", "0", "--mkfs", "--osd-uuid", osd)
        start("ceph-osd", "-i", "0")
        run("ceph", "-c", str(conf), "osd", "crush", "add", "osd.0", "1.0", "root=default")
        start("radosgw", "-n", "client.rgw.a")
        wait_for(gateway, seconds=90)  # the first start makes its pools
        for uid, key, secret in (("owner", "OWNERKEY", "ownersecret"), ("box", "BOXKEY", "boxsecret")):
            keys = ("--access-key", key, "--secret-key", secret)
            run(
                "radosgw-admin", "-c", str(conf), "user", "create", "--uid", uid, "--display-name", uid, *keys
            )
        yield Server(gateway)
    finally:
        _stop(running)
        shutil.rmtree(folder, ignore_errors=True)


def _stop(running: list[subprocess.Popen[bytes]]) -> None:
    for process in reversed(running):
        process.terminate()
    for process in running:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _conf(folder: Path, fsid: str, monitor: int, gateway: int) -> str:
    return f"""[global]
fsid = {fsid}
mon host = [v1:127.0.0.1:{monitor}]
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data = {folder}/mon
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 2147483648
run dir = {folder}/run
log file = {folder}/run/$name.log
admin socket = {folder}/run/$name.asok
ms bind ipv6 = false
ms bind msgr2 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
rgw frontends = beast endpoint=127.0.0.1:{gateway}
"""


@pytest.fixture(scope="module")
def locked_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with object_lock_server(tmp_path_factory.mktemp("ceph") / "c") as server:
        yield server
