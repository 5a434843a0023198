"""The Python package `tfrecord` (vahidk/tfrecord) as a worker of the bench. It verifies no checksum.

tfrecord_vahidk.py install FOLDER   installs it there with pip
tfrecord_vahidk.py serve FOLDER     answers lines of JSON {"passes", "files"}
"""

import json
import subprocess
import sys
import time

command, folder = sys.argv[1:3]
if command == "install":
    # numpy and protobuf are in the oracles' environment already.
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    sys.exit(subprocess.run([*pip, "--target", folder, "tfrecord~=1.14", "crc32c"]).returncode)

sys.path.insert(0, folder)
from tfrecord.reader import tfrecord_loader  # noqa: E402

DESCRIPTION = {"image": "byte", "image_name": "byte", "target": "int"}


def read(path):
    total = 0
    for record in tfrecord_loader(path, None, DESCRIPTION):
        total += len(record["image"]) + int(record["target"][0])
        total += 0 if len(bytes(record["image_name"]).decode()) > 0 else 1
    return total


for line in sys.stdin:
    request = json.loads(line)
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(request["passes"]):
        total = sum(read(path) for path in request["files"])
    reply = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "total": total}
    print(json.dumps(reply), flush=True)
