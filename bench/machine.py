"""What a result was measured on: the machine, the versions, the model."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workers.broker.jars import kafka_files
from workers.nlp.pipeline import load_pipeline, pipeline_info

_PACKAGES = ("faust-streaming", "aiokafka", "kafka-python", "spacy", "onnxruntime", "tokenizers", "numpy")


def machine() -> dict[str, Any]:
    """Return what differs from machine to machine; nothing that names one."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "kafka": kafka_files().version,
        "packages": {name: version(name) for name in _PACKAGES},
        "commit": _commit(),
    }


def model() -> dict[str, str]:
    """Return name and digest of the pipeline that ships."""
    info = pipeline_info(load_pipeline())
    return {"model": info.model, "model_sha256": info.model_sha256}


def load_average() -> float:
    """Return the runnable processes of the last minute: above 1 before a run, others are measured too."""
    return round(os.getloadavg()[0], 2)


def _cpu() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - the developer's own git
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return done.stdout.strip()
