"""Tells an article about sport by its words: there, a country's name mostly stands for a team."""

from __future__ import annotations

import re
from typing import Final

from workers.nlp.tables import words

_HEADING: Final = 12
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z-]*")
_SPORT: Final = words(
    """cup championship championships tournament innings wicket wickets batsman striker midfielder
    goalkeeper semifinal semifinals quarterfinal quarterfinals semi-final semi-finals quarter-final
    quarter-finals playoff playoffs soccer football cricket tennis golf rugby basketball baseball hockey
    boxing cycling athletics squash badminton volleyball swimming skiing motor-racing teammate
    teammates seeded unseeded scorer scorers inning homer homers pitcher quarterback touchdown touchdowns
    olympic olympics medallist medalist halftime half-time fullback standings marathon qualifier
    qualifiers grandslam bowler bowlers bowled batting batsmen lbw byes wides no-balls not-out umpire
    referee offside midfield skipper relegation unbeaten golfer birdie birdies putt heavyweight
    middleweight bantamweight featherweight flyweight knockout boxer cyclist sprinter relay swimmer
    gymnast gymnastics slalom judo wrestling fencing rowing nba nfl nhl mlb fifa uefa wba wbc ibf wbo atp
    wta pga wimbledon motocross motorcycling equestrian showjumping decathlon hurdles javelin shootout
    infielder outfielder pitchers hitters goaltender handball netball snooker darts"""
)
_SPORTLIKE: Final = words(
    """won win wins beat beats defeated scored goal goals points match matches final finals round race
    season league coach coaches metres lap laps run runs runner overs defender captain medal medals
    stadium team teams player players squad squads champion champions title club clubs side victory
    defeat draw test tests tour series trophy penalty penalties injury qualify qualified qualifying
    division divisions prix finished rider driver sets ranked ranking rankings"""
)
_SCORE: Final = re.compile(r"(?<![\w-])\d{1,2}-\d{1,2}(?![\w/-])")


def about_sport(text: str) -> bool:
    """Is it? A word of sport counts one, one that is used elsewhere too a half; the heading counts more."""
    tokens = [match.group().casefold() for match in _WORD.finditer(text)]
    strong = sum(token in _SPORT for token in tokens)
    weak = sum(token in _SPORTLIKE for token in tokens) + len(_SCORE.findall(text))
    score = strong + weak / 2 + any(token in _SPORT for token in tokens[:_HEADING])
    return score >= 2 and score * (50 if strong else 25) >= len(tokens)
