BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE announced (
	announced_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	category VARCHAR NOT NULL, 
	paper_id VARCHAR NOT NULL, 
	day DATE NOT NULL, 
	kind VARCHAR NOT NULL, 
	FOREIGN KEY(paper_id) REFERENCES papers (paper_id), 
	UNIQUE (category, paper_id, day)
);
INSERT INTO "announced" VALUES(1,'category 1','paper_id 1','2026-06-01','naïve 🦔 “quotes”; DROP TABLE votes; --');
INSERT INTO "announced" VALUES(2,'category 2','paper_id 2','2026-06-02','');
INSERT INTO "announced" VALUES(3,'category 3','paper_id 3','2026-06-03','Grüße aus Adelaide');
CREATE TABLE choice_voters (
	choice_id INTEGER NOT NULL, 
	user_id BIGINT NOT NULL, 
	guild_id BIGINT NOT NULL, 
	served BOOLEAN NOT NULL, 
	PRIMARY KEY (choice_id, user_id), 
	FOREIGN KEY(choice_id) REFERENCES choices (choice_id) ON DELETE CASCADE
);
INSERT INTO "choice_voters" VALUES(1,4611686018427387905,4611686018427387905,0);
INSERT INTO "choice_voters" VALUES(2,4611686018427387906,4611686018427387906,1);
INSERT INTO "choice_voters" VALUES(3,4611686018427387907,4611686018427387907,0);
CREATE TABLE choices (
	choice_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	proposal_id INTEGER NOT NULL, 
	chosen_at DATETIME NOT NULL, 
	chosen_by BIGINT NOT NULL, 
	way VARCHAR NOT NULL, 
	votes BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	session_id INTEGER, 
	FOREIGN KEY(proposal_id) REFERENCES proposals (proposal_id), 
	FOREIGN KEY(session_id) REFERENCES sessions (session_id) ON DELETE SET NULL
);
INSERT INTO "choices" VALUES(1,4611686018427387905,1,'2026-06-04 10:00:00.123457',4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --',1);
INSERT INTO "choices" VALUES(2,4611686018427387906,2,'2026-06-05 10:00:00.123458',4611686018427387906,'',4611686018427387906,'',2);
INSERT INTO "choices" VALUES(3,4611686018427387907,3,'2026-06-06 10:00:00.123459',4611686018427387907,'Grüße aus Adelaide',4611686018427387907,'Grüße aus Adelaide',NULL);
CREATE TABLE deadlines (
	guild_id BIGINT NOT NULL, 
	at DATETIME NOT NULL, 
	way VARCHAR NOT NULL, 
	set_by BIGINT NOT NULL, 
	PRIMARY KEY (guild_id)
);
INSERT INTO "deadlines" VALUES(1,'2026-06-04 10:00:00.123457','naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905);
INSERT INTO "deadlines" VALUES(2,'2026-06-05 10:00:00.123458','',4611686018427387906);
INSERT INTO "deadlines" VALUES(3,'2026-06-06 10:00:00.123459','Grüße aus Adelaide',4611686018427387907);
CREATE TABLE deeds (
	deed_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	noun VARCHAR NOT NULL, 
	noun_id BIGINT NOT NULL, 
	what VARCHAR NOT NULL, 
	done_by BIGINT NOT NULL, 
	done_at DATETIME NOT NULL, 
	changes JSON NOT NULL
);
INSERT INTO "deeds" VALUES(1,4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905,'2026-06-04 10:00:00.123457','["changes 1", {"deep": [null, true, 1.5, "\u00fc"]}]');
INSERT INTO "deeds" VALUES(2,4611686018427387906,'',4611686018427387906,'',4611686018427387906,'2026-06-05 10:00:00.123458','["changes 2", {"deep": [null, true, 1.5, "\u00fc"]}]');
INSERT INTO "deeds" VALUES(3,4611686018427387907,'Grüße aus Adelaide',4611686018427387907,'Grüße aus Adelaide',4611686018427387907,'2026-06-06 10:00:00.123459','["changes 3", {"deep": [null, true, 1.5, "\u00fc"]}]');
CREATE TABLE digest_runs (
	guild_id BIGINT NOT NULL, 
	day DATE NOT NULL, 
	next_try_at DATETIME NOT NULL, 
	state VARCHAR NOT NULL, 
	began_at DATETIME, 
	attempts BIGINT NOT NULL, 
	papers BIGINT NOT NULL, 
	last_error TEXT, 
	through BIGINT, 
	through_day DATE, 
	asked_by BIGINT, 
	channel VARCHAR NOT NULL, 
	PRIMARY KEY (guild_id, day, channel)
);
INSERT INTO "digest_runs" VALUES(4611686018427387905,'2026-06-01','2026-06-04 10:00:00.123457','naïve 🦔 “quotes”; DROP TABLE votes; --','2026-06-04 10:00:00.123457',4611686018427387905,4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905,'2026-06-01',4611686018427387905,'channel 1');
INSERT INTO "digest_runs" VALUES(4611686018427387906,'2026-06-02','2026-06-05 10:00:00.123458','','2026-06-05 10:00:00.123458',4611686018427387906,4611686018427387906,'',4611686018427387906,'2026-06-02',4611686018427387906,'channel 2');
INSERT INTO "digest_runs" VALUES(4611686018427387907,'2026-06-03','2026-06-06 10:00:00.123459','Grüße aus Adelaide',NULL,4611686018427387907,4611686018427387907,NULL,NULL,NULL,NULL,'channel 3');
CREATE TABLE doubts (
	doubt_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	user_id BIGINT NOT NULL, 
	deed VARCHAR NOT NULL, 
	data JSON NOT NULL, 
	asked_at DATETIME NOT NULL
);
INSERT INTO "doubts" VALUES(1,4611686018427387905,4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --','["data 1", {"deep": [null, true, 1.5, "\u00fc"]}]','2026-06-04 10:00:00.123457');
INSERT INTO "doubts" VALUES(2,4611686018427387906,4611686018427387906,'','["data 2", {"deep": [null, true, 1.5, "\u00fc"]}]','2026-06-05 10:00:00.123458');
INSERT INTO "doubts" VALUES(3,4611686018427387907,4611686018427387907,'Grüße aus Adelaide','["data 3", {"deep": [null, true, 1.5, "\u00fc"]}]','2026-06-06 10:00:00.123459');
CREATE TABLE feed_days (
	category VARCHAR NOT NULL, 
	fetched_at DATETIME NOT NULL, 
	day DATE NOT NULL, 
	covered DATE NOT NULL, 
	entries JSON NOT NULL, 
	usual DOUBLE NOT NULL, 
	lag VARCHAR, 
	etag VARCHAR, 
	modified VARCHAR, 
	ask_after DATETIME, 
	PRIMARY KEY (category)
);
INSERT INTO "feed_days" VALUES('category 1','2026-06-04 10:00:00.123457','2026-06-01','2026-06-01','["entries 1", {"deep": [null, true, 1.5, "\u00fc"]}]',3.33333333333333314829e-01,'naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','2026-06-04 10:00:00.123457');
INSERT INTO "feed_days" VALUES('category 2','2026-06-05 10:00:00.123458','2026-06-02','2026-06-02','["entries 2", {"deep": [null, true, 1.5, "\u00fc"]}]',6.66666666666666629659e-01,'','','','2026-06-05 10:00:00.123458');
INSERT INTO "feed_days" VALUES('category 3','2026-06-06 10:00:00.123459','2026-06-03','2026-06-03','["entries 3", {"deep": [null, true, 1.5, "\u00fc"]}]',1.0,NULL,NULL,NULL,NULL);
CREATE TABLE follows (
	follow_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	user_id BIGINT NOT NULL, 
	kind VARCHAR NOT NULL, 
	what VARCHAR NOT NULL, 
	asked_in BIGINT NOT NULL, 
	created_at DATETIME NOT NULL, 
	UNIQUE (guild_id, user_id, kind, what)
);
INSERT INTO "follows" VALUES(1,4611686018427387905,4611686018427387905,'kind 1','what 1',4611686018427387905,'2026-06-04 10:00:00.123457');
INSERT INTO "follows" VALUES(2,4611686018427387906,4611686018427387906,'kind 2','what 2',4611686018427387906,'2026-06-05 10:00:00.123458');
INSERT INTO "follows" VALUES(3,4611686018427387907,4611686018427387907,'kind 3','what 3',4611686018427387907,'2026-06-06 10:00:00.123459');
CREATE TABLE further_papers (
	talk_id INTEGER NOT NULL, 
	place BIGINT NOT NULL, 
	guild_id BIGINT NOT NULL, 
	paper_id VARCHAR NOT NULL, 
	PRIMARY KEY (talk_id, place), 
	FOREIGN KEY(paper_id) REFERENCES papers (paper_id), 
	FOREIGN KEY(talk_id) REFERENCES talks (talk_id) ON DELETE CASCADE
);
INSERT INTO "further_papers" VALUES(1,4611686018427387905,4611686018427387905,'paper_id 1');
INSERT INTO "further_papers" VALUES(2,4611686018427387906,4611686018427387906,'paper_id 2');
INSERT INTO "further_papers" VALUES(3,4611686018427387907,4611686018427387907,'paper_id 3');
CREATE TABLE guilds (
	guild_id BIGINT NOT NULL, 
	name VARCHAR NOT NULL, 
	joined_at DATETIME NOT NULL, 
	left_at DATETIME, 
	PRIMARY KEY (guild_id)
);
INSERT INTO "guilds" VALUES(1,'naïve 🦔 “quotes”; DROP TABLE votes; --','2026-06-04 10:00:00.123457','2026-06-04 10:00:00.123457');
INSERT INTO "guilds" VALUES(2,'','2026-06-05 10:00:00.123458','2026-06-05 10:00:00.123458');
INSERT INTO "guilds" VALUES(3,'Grüße aus Adelaide','2026-06-06 10:00:00.123459',NULL);
CREATE TABLE handouts (
	session_id INTEGER NOT NULL, 
	guild_id BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	said_at DATETIME NOT NULL, 
	PRIMARY KEY (session_id), 
	FOREIGN KEY(session_id) REFERENCES sessions (session_id) ON DELETE CASCADE
);
INSERT INTO "handouts" VALUES(1,4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --','2026-06-04 10:00:00.123457');
INSERT INTO "handouts" VALUES(2,4611686018427387906,'','2026-06-05 10:00:00.123458');
INSERT INTO "handouts" VALUES(3,4611686018427387907,'Grüße aus Adelaide','2026-06-06 10:00:00.123459');
CREATE TABLE hands (
	proposal_id INTEGER NOT NULL, 
	user_id BIGINT NOT NULL, 
	guild_id BIGINT NOT NULL, 
	marks TEXT NOT NULL, 
	PRIMARY KEY (proposal_id, user_id), 
	FOREIGN KEY(proposal_id) REFERENCES proposals (proposal_id) ON DELETE CASCADE
);
INSERT INTO "hands" VALUES(1,4611686018427387905,4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --');
INSERT INTO "hands" VALUES(2,4611686018427387906,4611686018427387906,'');
INSERT INTO "hands" VALUES(3,4611686018427387907,4611686018427387907,'Grüße aus Adelaide');
CREATE TABLE notes (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "notes" VALUES('key 1','naïve 🦔 “quotes”; DROP TABLE votes; --');
INSERT INTO "notes" VALUES('key 2','');
INSERT INTO "notes" VALUES('key 3','Grüße aus Adelaide');
CREATE TABLE outbox (
	post_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" VARCHAR NOT NULL, 
	nonce VARCHAR NOT NULL, 
	guild_id BIGINT NOT NULL, 
	place VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	data JSON NOT NULL, 
	due_at DATETIME NOT NULL, 
	next_try_at DATETIME NOT NULL, 
	expires_at DATETIME, 
	op VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	attempts BIGINT NOT NULL, 
	claimed_at DATETIME, 
	channel_id BIGINT, 
	message_id BIGINT, 
	sent_at DATETIME, 
	last_error TEXT, 
	UNIQUE ("key"), 
	UNIQUE (nonce)
);
INSERT INTO "outbox" VALUES(1,'key 1','nonce 1',4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','["data 1", {"deep": [null, true, 1.5, "\u00fc"]}]','2026-06-04 10:00:00.123457','2026-06-04 10:00:00.123457','2026-06-04 10:00:00.123457','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905,'2026-06-04 10:00:00.123457',4611686018427387905,4611686018427387905,'2026-06-04 10:00:00.123457','naïve 🦔 “quotes”; DROP TABLE votes; --');
INSERT INTO "outbox" VALUES(2,'key 2','nonce 2',4611686018427387906,'','','["data 2", {"deep": [null, true, 1.5, "\u00fc"]}]','2026-06-05 10:00:00.123458','2026-06-05 10:00:00.123458','2026-06-05 10:00:00.123458','','',4611686018427387906,'2026-06-05 10:00:00.123458',4611686018427387906,4611686018427387906,'2026-06-05 10:00:00.123458','');
INSERT INTO "outbox" VALUES(3,'key 3','nonce 3',4611686018427387907,'Grüße aus Adelaide','Grüße aus Adelaide','["data 3", {"deep": [null, true, 1.5, "\u00fc"]}]','2026-06-06 10:00:00.123459','2026-06-06 10:00:00.123459',NULL,'Grüße aus Adelaide','Grüße aus Adelaide',4611686018427387907,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE own_topics (
	guild_id BIGINT NOT NULL, 
	topics TEXT NOT NULL, 
	changed_by BIGINT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	PRIMARY KEY (guild_id)
);
INSERT INTO "own_topics" VALUES(1,'naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905,'2026-06-04 10:00:00.123457');
INSERT INTO "own_topics" VALUES(2,'',4611686018427387906,'2026-06-05 10:00:00.123458');
INSERT INTO "own_topics" VALUES(3,'Grüße aus Adelaide',4611686018427387907,'2026-06-06 10:00:00.123459');
CREATE TABLE paper_names (
	guild_id BIGINT NOT NULL, 
	name VARCHAR NOT NULL, 
	paper_id VARCHAR NOT NULL, 
	PRIMARY KEY (guild_id, name), 
	FOREIGN KEY(paper_id) REFERENCES papers (paper_id) ON DELETE CASCADE
);
INSERT INTO "paper_names" VALUES(4611686018427387905,'name 1','paper_id 1');
INSERT INTO "paper_names" VALUES(4611686018427387906,'name 2','paper_id 2');
INSERT INTO "paper_names" VALUES(4611686018427387907,'name 3','paper_id 3');
CREATE TABLE paper_words (
	paper_id VARCHAR NOT NULL, 
	word VARCHAR NOT NULL, 
	PRIMARY KEY (paper_id, word), 
	FOREIGN KEY(paper_id) REFERENCES papers (paper_id) ON DELETE CASCADE
);
INSERT INTO "paper_words" VALUES('paper_id 1','word 1');
INSERT INTO "paper_words" VALUES('paper_id 2','word 2');
INSERT INTO "paper_words" VALUES('paper_id 3','word 3');
CREATE TABLE papers (
	paper_id VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	authors JSON NOT NULL, 
	abstract TEXT NOT NULL, 
	categories JSON NOT NULL, 
	fetched_at DATETIME NOT NULL, 
	version BIGINT, 
	published_at DATETIME, 
	updated_at DATETIME, 
	comment VARCHAR, 
	doi VARCHAR, 
	journal_ref VARCHAR, 
	link VARCHAR, 
	told_in BIGINT, 
	PRIMARY KEY (paper_id)
);
INSERT INTO "papers" VALUES('paper_id 1','naïve 🦔 “quotes”; DROP TABLE votes; --','["authors 1", {"deep": [null, true, 1.5, "\u00fc"]}]','naïve 🦔 “quotes”; DROP TABLE votes; --','["categories 1", {"deep": [null, true, 1.5, "\u00fc"]}]','2026-06-04 10:00:00.123457',4611686018427387905,'2026-06-04 10:00:00.123457','2026-06-04 10:00:00.123457','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905);
INSERT INTO "papers" VALUES('paper_id 2','','["authors 2", {"deep": [null, true, 1.5, "\u00fc"]}]','','["categories 2", {"deep": [null, true, 1.5, "\u00fc"]}]','2026-06-05 10:00:00.123458',4611686018427387906,'2026-06-05 10:00:00.123458','2026-06-05 10:00:00.123458','','','','',4611686018427387906);
INSERT INTO "papers" VALUES('paper_id 3','Grüße aus Adelaide','["authors 3", {"deep": [null, true, 1.5, "\u00fc"]}]','Grüße aus Adelaide','["categories 3", {"deep": [null, true, 1.5, "\u00fc"]}]','2026-06-06 10:00:00.123459',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE people (
	guild_id BIGINT NOT NULL, 
	user_id BIGINT NOT NULL, 
	name VARCHAR, 
	unlisted BOOLEAN NOT NULL, 
	wants_news BOOLEAN NOT NULL, 
	wants_last_export BOOLEAN NOT NULL, 
	PRIMARY KEY (guild_id, user_id)
);
INSERT INTO "people" VALUES(4611686018427387905,4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --',0,0,0);
INSERT INTO "people" VALUES(4611686018427387906,4611686018427387906,'',1,1,1);
INSERT INTO "people" VALUES(4611686018427387907,4611686018427387907,NULL,0,0,0);
CREATE TABLE presenters (
	presenter_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	talk_id INTEGER NOT NULL, 
	user_id BIGINT, 
	speaker_id INTEGER, 
	name VARCHAR, 
	affiliation VARCHAR, 
	FOREIGN KEY(speaker_id) REFERENCES speakers (speaker_id), 
	FOREIGN KEY(talk_id) REFERENCES talks (talk_id) ON DELETE CASCADE
);
INSERT INTO "presenters" VALUES(1,4611686018427387905,1,4611686018427387905,1,'naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --');
INSERT INTO "presenters" VALUES(2,4611686018427387906,2,4611686018427387906,2,'','');
INSERT INTO "presenters" VALUES(3,4611686018427387907,3,NULL,NULL,NULL,NULL);
CREATE TABLE proposals (
	proposal_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	paper_id VARCHAR NOT NULL, 
	proposer_id BIGINT NOT NULL, 
	created_at DATETIME NOT NULL, 
	why TEXT, 
	topic VARCHAR, 
	topic_chosen BOOLEAN NOT NULL, 
	state VARCHAR NOT NULL, 
	opened_at DATETIME, 
	closed_at DATETIME, 
	ballot_channel_id BIGINT, 
	ballot_message_id BIGINT, 
	ballot_emoji VARCHAR, 
	ballot_presenter_emoji VARCHAR, 
	ballot_number BIGINT NOT NULL, 
	ballot_edits BIGINT NOT NULL, 
	ballot_lost BOOLEAN NOT NULL, 
	ballot_shows VARCHAR, 
	FOREIGN KEY(paper_id) REFERENCES papers (paper_id), 
	UNIQUE (guild_id, paper_id)
);
INSERT INTO "proposals" VALUES(1,4611686018427387905,'paper_id 1',4611686018427387905,'2026-06-04 10:00:00.123457','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --',0,'naïve 🦔 “quotes”; DROP TABLE votes; --','2026-06-04 10:00:00.123457','2026-06-04 10:00:00.123457',4611686018427387905,4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905,4611686018427387905,0,'naïve 🦔 “quotes”; DROP TABLE votes; --');
INSERT INTO "proposals" VALUES(2,4611686018427387906,'paper_id 2',4611686018427387906,'2026-06-05 10:00:00.123458','','',1,'','2026-06-05 10:00:00.123458','2026-06-05 10:00:00.123458',4611686018427387906,4611686018427387906,'','',4611686018427387906,4611686018427387906,1,'');
INSERT INTO "proposals" VALUES(3,4611686018427387907,'paper_id 3',4611686018427387907,'2026-06-06 10:00:00.123459',NULL,NULL,0,'Grüße aus Adelaide',NULL,NULL,NULL,NULL,NULL,NULL,4611686018427387907,4611686018427387907,0,NULL);
CREATE TABLE question_votes (
	question_id INTEGER NOT NULL, 
	user_id BIGINT NOT NULL, 
	guild_id BIGINT NOT NULL, 
	PRIMARY KEY (question_id, user_id), 
	FOREIGN KEY(question_id) REFERENCES questions (question_id) ON DELETE CASCADE
);
INSERT INTO "question_votes" VALUES(1,4611686018427387905,4611686018427387905);
INSERT INTO "question_votes" VALUES(2,4611686018427387906,4611686018427387906);
INSERT INTO "question_votes" VALUES(3,4611686018427387907,4611686018427387907);
CREATE TABLE questions (
	question_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	session_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	asked_at DATETIME NOT NULL, 
	user_id BIGINT, 
	removed BOOLEAN NOT NULL, 
	FOREIGN KEY(session_id) REFERENCES sessions (session_id) ON DELETE CASCADE
);
INSERT INTO "questions" VALUES(1,4611686018427387905,1,'naïve 🦔 “quotes”; DROP TABLE votes; --','2026-06-04 10:00:00.123457',4611686018427387905,0);
INSERT INTO "questions" VALUES(2,4611686018427387906,2,'','2026-06-05 10:00:00.123458',4611686018427387906,1);
INSERT INTO "questions" VALUES(3,4611686018427387907,3,'Grüße aus Adelaide','2026-06-06 10:00:00.123459',NULL,0);
CREATE TABLE reminder_choices (
	guild_id BIGINT NOT NULL, 
	user_id BIGINT NOT NULL, 
	leads JSON NOT NULL, 
	asked_in BIGINT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	PRIMARY KEY (guild_id, user_id)
);
INSERT INTO "reminder_choices" VALUES(4611686018427387905,4611686018427387905,'["leads 1", {"deep": [null, true, 1.5, "\u00fc"]}]',4611686018427387905,'2026-06-04 10:00:00.123457');
INSERT INTO "reminder_choices" VALUES(4611686018427387906,4611686018427387906,'["leads 2", {"deep": [null, true, 1.5, "\u00fc"]}]',4611686018427387906,'2026-06-05 10:00:00.123458');
INSERT INTO "reminder_choices" VALUES(4611686018427387907,4611686018427387907,'["leads 3", {"deep": [null, true, 1.5, "\u00fc"]}]',4611686018427387907,'2026-06-06 10:00:00.123459');
CREATE TABLE rsvps (
	session_id INTEGER NOT NULL, 
	user_id BIGINT NOT NULL, 
	guild_id BIGINT NOT NULL, 
	answer VARCHAR NOT NULL, 
	noted_at DATETIME NOT NULL, 
	PRIMARY KEY (session_id, user_id), 
	FOREIGN KEY(session_id) REFERENCES sessions (session_id) ON DELETE CASCADE
);
INSERT INTO "rsvps" VALUES(1,4611686018427387905,4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --','2026-06-04 10:00:00.123457');
INSERT INTO "rsvps" VALUES(2,4611686018427387906,4611686018427387906,'','2026-06-05 10:00:00.123458');
INSERT INTO "rsvps" VALUES(3,4611686018427387907,4611686018427387907,'Grüße aus Adelaide','2026-06-06 10:00:00.123459');
CREATE TABLE series (
	series_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	rules JSON NOT NULL, 
	created_by BIGINT NOT NULL, 
	created_at DATETIME NOT NULL, 
	next_plan_at DATETIME, 
	title VARCHAR, 
	link VARCHAR, 
	reminders JSON, 
	state VARCHAR NOT NULL
);
INSERT INTO "series" VALUES(1,4611686018427387905,'["rules 1", {"deep": [null, true, 1.5, "\u00fc"]}]',4611686018427387905,'2026-06-04 10:00:00.123457','2026-06-04 10:00:00.123457','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','["reminders 1", {"deep": [null, true, 1.5, "\u00fc"]}]','naïve 🦔 “quotes”; DROP TABLE votes; --');
INSERT INTO "series" VALUES(2,4611686018427387906,'["rules 2", {"deep": [null, true, 1.5, "\u00fc"]}]',4611686018427387906,'2026-06-05 10:00:00.123458','2026-06-05 10:00:00.123458','','','["reminders 2", {"deep": [null, true, 1.5, "\u00fc"]}]','');
INSERT INTO "series" VALUES(3,4611686018427387907,'["rules 3", {"deep": [null, true, 1.5, "\u00fc"]}]',4611686018427387907,'2026-06-06 10:00:00.123459',NULL,NULL,NULL,'null','Grüße aus Adelaide');
CREATE TABLE sessions (
	session_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	starts_at DATETIME NOT NULL, 
	wall_time VARCHAR NOT NULL, 
	zone VARCHAR NOT NULL, 
	minutes BIGINT NOT NULL, 
	created_by BIGINT NOT NULL, 
	created_at DATETIME NOT NULL, 
	title VARCHAR, 
	link VARCHAR, 
	state VARCHAR NOT NULL, 
	version BIGINT NOT NULL, 
	series_id INTEGER, 
	occurrence VARCHAR, 
	came BIGINT, 
	FOREIGN KEY(series_id) REFERENCES series (series_id), 
	UNIQUE (series_id, occurrence)
);
INSERT INTO "sessions" VALUES(1,4611686018427387905,'2026-06-04 10:00:00.123457','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905,4611686018427387905,'2026-06-04 10:00:00.123457','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905,1,'occurrence 1',4611686018427387905);
INSERT INTO "sessions" VALUES(2,4611686018427387906,'2026-06-05 10:00:00.123458','','',4611686018427387906,4611686018427387906,'2026-06-05 10:00:00.123458','','','',4611686018427387906,2,'occurrence 2',4611686018427387906);
INSERT INTO "sessions" VALUES(3,4611686018427387907,'2026-06-06 10:00:00.123459','Grüße aus Adelaide','Grüße aus Adelaide',4611686018427387907,4611686018427387907,'2026-06-06 10:00:00.123459',NULL,NULL,'Grüße aus Adelaide',4611686018427387907,NULL,NULL,NULL);
CREATE TABLE settings (
	guild_id BIGINT NOT NULL, 
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	changed_by BIGINT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	PRIMARY KEY (guild_id, "key")
);
INSERT INTO "settings" VALUES(4611686018427387905,'key 1','naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905,'2026-06-04 10:00:00.123457');
INSERT INTO "settings" VALUES(4611686018427387906,'key 2','',4611686018427387906,'2026-06-05 10:00:00.123458');
INSERT INTO "settings" VALUES(4611686018427387907,'key 3','Grüße aus Adelaide',4611686018427387907,'2026-06-06 10:00:00.123459');
CREATE TABLE shown_papers (
	guild_id BIGINT NOT NULL, 
	paper_id VARCHAR NOT NULL, 
	topic VARCHAR NOT NULL, 
	score DOUBLE NOT NULL, 
	day DATE NOT NULL, 
	topics JSON NOT NULL, 
	channel VARCHAR NOT NULL, 
	place BIGINT NOT NULL, 
	post VARCHAR, 
	reason VARCHAR, 
	late DATE, 
	PRIMARY KEY (guild_id, paper_id), 
	FOREIGN KEY(paper_id) REFERENCES papers (paper_id)
);
INSERT INTO "shown_papers" VALUES(4611686018427387905,'paper_id 1','naïve 🦔 “quotes”; DROP TABLE votes; --',3.33333333333333314829e-01,'2026-06-01','["topics 1", {"deep": [null, true, 1.5, "\u00fc"]}]','naïve 🦔 “quotes”; DROP TABLE votes; --',4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','2026-06-01');
INSERT INTO "shown_papers" VALUES(4611686018427387906,'paper_id 2','',6.66666666666666629659e-01,'2026-06-02','["topics 2", {"deep": [null, true, 1.5, "\u00fc"]}]','',4611686018427387906,'','','2026-06-02');
INSERT INTO "shown_papers" VALUES(4611686018427387907,'paper_id 3','Grüße aus Adelaide',1.0,'2026-06-03','["topics 3", {"deep": [null, true, 1.5, "\u00fc"]}]','Grüße aus Adelaide',4611686018427387907,NULL,NULL,NULL);
CREATE TABLE skips (
	series_id INTEGER NOT NULL, 
	occurrence VARCHAR NOT NULL, 
	guild_id BIGINT NOT NULL, 
	PRIMARY KEY (series_id, occurrence), 
	FOREIGN KEY(series_id) REFERENCES series (series_id) ON DELETE CASCADE
);
INSERT INTO "skips" VALUES(1,'occurrence 1',4611686018427387905);
INSERT INTO "skips" VALUES(2,'occurrence 2',4611686018427387906);
INSERT INTO "skips" VALUES(3,'occurrence 3',4611686018427387907);
CREATE TABLE speakers (
	speaker_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	name VARCHAR NOT NULL, 
	affiliation VARCHAR, 
	zone VARCHAR, 
	contact VARCHAR, 
	unlisted BOOLEAN NOT NULL, 
	UNIQUE (guild_id, name)
);
INSERT INTO "speakers" VALUES(1,4611686018427387905,'name 1','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --',0);
INSERT INTO "speakers" VALUES(2,4611686018427387906,'name 2','','','',1);
INSERT INTO "speakers" VALUES(3,4611686018427387907,'name 3',NULL,NULL,NULL,0);
CREATE TABLE talks (
	talk_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	session_id INTEGER NOT NULL, 
	position BIGINT NOT NULL, 
	title VARCHAR, 
	abstract TEXT, 
	paper_id VARCHAR, 
	slides VARCHAR, 
	recording VARCHAR, 
	notes VARCHAR, 
	topics JSON NOT NULL, 
	FOREIGN KEY(paper_id) REFERENCES papers (paper_id), 
	FOREIGN KEY(session_id) REFERENCES sessions (session_id) ON DELETE CASCADE
);
INSERT INTO "talks" VALUES(1,4611686018427387905,1,4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','paper_id 1','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','["topics 1", {"deep": [null, true, 1.5, "\u00fc"]}]');
INSERT INTO "talks" VALUES(2,4611686018427387906,2,4611686018427387906,'','','paper_id 2','','','','["topics 2", {"deep": [null, true, 1.5, "\u00fc"]}]');
INSERT INTO "talks" VALUES(3,4611686018427387907,3,4611686018427387907,NULL,NULL,NULL,NULL,NULL,NULL,'["topics 3", {"deep": [null, true, 1.5, "\u00fc"]}]');
CREATE TABLE tastes (
	guild_id BIGINT NOT NULL, 
	learned_at DATETIME NOT NULL, 
	state JSON NOT NULL, 
	PRIMARY KEY (guild_id)
);
INSERT INTO "tastes" VALUES(1,'2026-06-04 10:00:00.123457','["state 1", {"deep": [null, true, 1.5, "\u00fc"]}]');
INSERT INTO "tastes" VALUES(2,'2026-06-05 10:00:00.123458','["state 2", {"deep": [null, true, 1.5, "\u00fc"]}]');
INSERT INTO "tastes" VALUES(3,'2026-06-06 10:00:00.123459','["state 3", {"deep": [null, true, 1.5, "\u00fc"]}]');
CREATE TABLE verdicts (
	guild_id BIGINT NOT NULL, 
	paper_id VARCHAR NOT NULL, 
	user_id BIGINT NOT NULL, 
	verdict VARCHAR NOT NULL, 
	noted_at DATETIME NOT NULL, 
	PRIMARY KEY (guild_id, paper_id, user_id), 
	FOREIGN KEY(paper_id) REFERENCES papers (paper_id)
);
INSERT INTO "verdicts" VALUES(4611686018427387905,'paper_id 1',4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --','2026-06-04 10:00:00.123457');
INSERT INTO "verdicts" VALUES(4611686018427387906,'paper_id 2',4611686018427387906,'','2026-06-05 10:00:00.123458');
INSERT INTO "verdicts" VALUES(4611686018427387907,'paper_id 3',4611686018427387907,'Grüße aus Adelaide','2026-06-06 10:00:00.123459');
CREATE TABLE volunteers (
	volunteer_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	user_id BIGINT NOT NULL, 
	noted_at DATETIME NOT NULL, 
	session_id INTEGER, 
	proposal_id INTEGER, 
	FOREIGN KEY(proposal_id) REFERENCES proposals (proposal_id) ON DELETE CASCADE, 
	FOREIGN KEY(session_id) REFERENCES sessions (session_id) ON DELETE CASCADE, 
	UNIQUE (proposal_id, user_id), 
	UNIQUE (session_id, user_id)
);
INSERT INTO "volunteers" VALUES(1,4611686018427387905,4611686018427387905,'2026-06-04 10:00:00.123457',1,1);
INSERT INTO "volunteers" VALUES(2,4611686018427387906,4611686018427387906,'2026-06-05 10:00:00.123458',2,2);
INSERT INTO "volunteers" VALUES(3,4611686018427387907,4611686018427387907,'2026-06-06 10:00:00.123459',NULL,NULL);
CREATE TABLE votes (
	proposal_id INTEGER NOT NULL, 
	user_id BIGINT NOT NULL, 
	guild_id BIGINT NOT NULL, 
	noted_at DATETIME NOT NULL, 
	marks TEXT NOT NULL, 
	counts BOOLEAN NOT NULL, 
	PRIMARY KEY (proposal_id, user_id), 
	FOREIGN KEY(proposal_id) REFERENCES proposals (proposal_id) ON DELETE CASCADE
);
INSERT INTO "votes" VALUES(1,4611686018427387905,4611686018427387905,'2026-06-04 10:00:00.123457','naïve 🦔 “quotes”; DROP TABLE votes; --',0);
INSERT INTO "votes" VALUES(2,4611686018427387906,4611686018427387906,'2026-06-05 10:00:00.123458','',1);
INSERT INTO "votes" VALUES(3,4611686018427387907,4611686018427387907,'2026-06-06 10:00:00.123459','Grüße aus Adelaide',0);
CREATE TABLE watches (
	guild_id BIGINT NOT NULL, 
	paper_id VARCHAR NOT NULL, 
	version BIGINT NOT NULL, 
	withdrawn BOOLEAN NOT NULL, 
	PRIMARY KEY (guild_id, paper_id), 
	FOREIGN KEY(paper_id) REFERENCES papers (paper_id)
);
INSERT INTO "watches" VALUES(4611686018427387905,'paper_id 1',4611686018427387905,0);
INSERT INTO "watches" VALUES(4611686018427387906,'paper_id 2',4611686018427387906,1);
INSERT INTO "watches" VALUES(4611686018427387907,'paper_id 3',4611686018427387907,0);
CREATE TABLE wishes (
	wish_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id BIGINT NOT NULL, 
	paper_id VARCHAR NOT NULL, 
	user_id BIGINT NOT NULL, 
	why VARCHAR, 
	topic VARCHAR, 
	created_at DATETIME NOT NULL, 
	next_try_at DATETIME NOT NULL, 
	attempts BIGINT NOT NULL, 
	UNIQUE (guild_id, paper_id)
);
INSERT INTO "wishes" VALUES(1,4611686018427387905,'paper_id 1',4611686018427387905,'naïve 🦔 “quotes”; DROP TABLE votes; --','naïve 🦔 “quotes”; DROP TABLE votes; --','2026-06-04 10:00:00.123457','2026-06-04 10:00:00.123457',4611686018427387905);
INSERT INTO "wishes" VALUES(2,4611686018427387906,'paper_id 2',4611686018427387906,'','','2026-06-05 10:00:00.123458','2026-06-05 10:00:00.123458',4611686018427387906);
INSERT INTO "wishes" VALUES(3,4611686018427387907,'paper_id 3',4611686018427387907,NULL,NULL,'2026-06-06 10:00:00.123459','2026-06-06 10:00:00.123459',4611686018427387907);
CREATE INDEX ix_deadlines_at ON deadlines (at);
CREATE INDEX ix_deeds_of ON deeds (guild_id, noun, noun_id);
CREATE INDEX ix_digest_runs_due ON digest_runs (state, next_try_at);
CREATE INDEX ix_follows_guild_id ON follows (guild_id);
CREATE INDEX ix_outbox_due ON outbox (state, next_try_at, guild_id, place);
CREATE INDEX ix_outbox_lane ON outbox (guild_id, place, state, due_at);
CREATE INDEX ix_papers_doi ON papers (doi);
CREATE INDEX ix_papers_told_in ON papers (told_in);
CREATE INDEX ix_series_guild_id ON series (guild_id);
CREATE INDEX ix_series_next_plan_at ON series (next_plan_at);
CREATE INDEX ix_wishes_next_try_at ON wishes (next_try_at);
CREATE INDEX ix_announced_day ON announced (day);
CREATE INDEX ix_announced_paper_id ON announced (paper_id);
CREATE INDEX ix_paper_names_paper_id ON paper_names (paper_id);
CREATE INDEX ix_paper_words_word ON paper_words (word, paper_id);
CREATE INDEX ix_proposals_ballot_message_id ON proposals (ballot_message_id);
CREATE INDEX ix_sessions_upcoming ON sessions (guild_id, starts_at);
CREATE INDEX ix_choices_guild_id ON choices (guild_id);
CREATE INDEX ix_hands_guild_id ON hands (guild_id);
CREATE INDEX ix_questions_session_id ON questions (session_id);
CREATE INDEX ix_talks_session_id ON talks (session_id);
CREATE INDEX ix_votes_guild_id ON votes (guild_id);
CREATE INDEX ix_choice_voters_guild_id ON choice_voters (guild_id);
CREATE INDEX ix_further_papers_paper_id ON further_papers (paper_id);
CREATE INDEX ix_presenters_talk_id ON presenters (talk_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('deeds',3);
INSERT INTO "sqlite_sequence" VALUES('doubts',3);
INSERT INTO "sqlite_sequence" VALUES('follows',3);
INSERT INTO "sqlite_sequence" VALUES('outbox',3);
INSERT INTO "sqlite_sequence" VALUES('series',3);
INSERT INTO "sqlite_sequence" VALUES('speakers',3);
INSERT INTO "sqlite_sequence" VALUES('wishes',3);
INSERT INTO "sqlite_sequence" VALUES('announced',3);
INSERT INTO "sqlite_sequence" VALUES('proposals',3);
INSERT INTO "sqlite_sequence" VALUES('sessions',3);
INSERT INTO "sqlite_sequence" VALUES('choices',3);
INSERT INTO "sqlite_sequence" VALUES('questions',3);
INSERT INTO "sqlite_sequence" VALUES('talks',3);
INSERT INTO "sqlite_sequence" VALUES('volunteers',3);
INSERT INTO "sqlite_sequence" VALUES('presenters',3);
COMMIT;
