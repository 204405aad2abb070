-- Whoever posts has read up to there, so a read mark moves with every post. Room on the page lets the
-- row move on within it, and its indexes stay as they are.

alter table chat_participants set (fillfactor = 80);
