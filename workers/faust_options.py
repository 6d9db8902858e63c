"""How the worker uses Faust, as the options of its app: no tables, no topics of its own, no leader."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from workers.agents.transport import credentials
from workers.broker.access import METADATA_AGE_MS
from workers.settings import FAUST_PREFIX, Settings
from workers.wire.topics import load_topics

_NEVER = timedelta(days=30)  # a member without partitions never polls, and would be thrown out of the group


def faust_options(settings: Settings) -> dict[str, Any]:
    """Return what ``faust.App`` is made with."""
    return {
        "broker": [f"kafka://{address}" for address in settings.broker_addresses],
        "broker_credentials": credentials(settings),
        "env_prefix": FAUST_PREFIX,
        "autodiscover": False,
        "datadir": str(Path(tempfile.gettempdir()) / "claimwire-faust"),
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "table_standby_replicas": 0,
        "broker_commit_interval": settings.commit_interval.total_seconds(),
        "broker_session_timeout": settings.session_timeout.total_seconds(),
        "broker_heartbeat_interval": settings.session_timeout.total_seconds() / 5,
        "broker_max_poll_interval": _NEVER.total_seconds(),
        "broker_max_poll_records": 200,
        "stream_buffer_maxsize": 128,
        "consumer_metadata_max_age_ms": METADATA_AGE_MS,
        "producer_metadata_max_age_ms": METADATA_AGE_MS,
        "consumer_max_fetch_size": settings.body_limit_bytes * 2,
        "producer_request_timeout": settings.request_timeout.total_seconds(),
        "producer_max_request_size": max(spec.max_message_bytes for spec in load_topics().values()),
        "producer_max_batch_size": 262_144,
        "web_bind": settings.web_bind,
        "web_port": settings.web_port,
        "web_host": settings.web_bind,
        "web_tables_enabled": False,
        "web_router_enabled": False,
        "worker_redirect_stdouts": False,
    }
