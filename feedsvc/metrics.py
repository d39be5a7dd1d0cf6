"""What /metrics tells: counters and gauges in one registry, with plain names."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

registry = CollectorRegistry(auto_describe=True)

requests = Counter(
    "feedsvc_requests", "Requests answered, by route and status.", ["route", "status"], registry=registry
)
polls = Counter("feedsvc_polls", "Polls of sources, by outcome.", ["outcome"], registry=registry)
articles = Counter("feedsvc_articles", "Articles that came in, by what became of them.", ["change"], registry=registry)
feed_renders = Counter("feedsvc_feed_renders", "Feed documents rendered.", ["format"], registry=registry)
feed_memory = Gauge("feedsvc_feed_memory_bytes", "Bytes of rendered feeds kept ready.", registry=registry)
issues = Counter("feedsvc_issues", "Issues composed, by state.", ["state"], registry=registry)
messages = Counter("feedsvc_messages", "Messages by the outcome of an attempt.", ["outcome"], registry=registry)
outbox_open = Gauge("feedsvc_outbox_open", "Messages that wait to be sent.", registry=registry)


def exposition() -> bytes:
    """The registry in Prometheus's text format."""
    return generate_latest(registry)
