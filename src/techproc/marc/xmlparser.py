"""The XML parser for what comes from elsewhere: entities, DTDs and the network are left alone."""

from __future__ import annotations

from lxml import etree

__all__ = ["wary_parser"]


def wary_parser() -> etree.XMLParser:
    """Return a parser that resolves no entity, loads no DTD, asks no network and bounds depth."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
