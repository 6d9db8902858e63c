"""Makes the language processes of a worker crash or hang on marked articles; on the workers' PYTHONPATH.

Python imports a module of this name at its start. Only a spawned child is touched: there the real pipeline
runs as ever, but for an article that carries a marker.
"""

import os
import signal
import sys

if "--multiprocessing-fork" in sys.orig_argv:
    from workers.agents import jobs
    from workers.domain.article import Article, EnrichedArticle
    from workers.domain.outcome import Drop, Reject

    _enrich = jobs._enrich

    def _poisoned(articles: list[Article]) -> list[EnrichedArticle | Drop | Reject]:
        for article in articles:
            if "[[crash]]" in article.body:
                os.kill(os.getpid(), signal.SIGSEGV)
            while "[[hang]]" in article.body:
                signal.pause()
        return _enrich(articles)

    jobs._enrich = _poisoned
