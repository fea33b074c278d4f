-- What a safe of schema version 33 may hold: at least one row in each table.

INSERT INTO shoots (id, name, day, scope, enabled_by, enabled_at) VALUES
    ('shoot-1', 'Open dag', '2026-02-27', 'invited', 'user-2', '2026-02-27T08:00:00.000000+00:00'),
    ('shoot-2', 'Borrel', '2026-03-06', NULL, NULL, NULL);

INSERT INTO imports (id, source, started_at, finished_at, found, stored, known, set_aside, failed, bytes, shoot_id,
    at_most) VALUES
    ('import-1', '/media/card', '2026-03-01T09:00:00.000000+00:00', '2026-03-01T09:05:00.000000+00:00', 3, 2, 1, 1, 0, 2400,
     'shoot-1', 50),
    ('import-2', '', '2026-03-02T09:00:00.000000+00:00', NULL, 0, 0, 0, 0, 0, 0, NULL, NULL);

INSERT INTO photos (number, id, import_id, name, sha256, bytes, media_type, stage, arrived_at, width, height, taken_at,
    camera, lens, latitude, longitude, fingerprint, head_count, set_aside_for, wrapped_key, lights_until, unnamed,
    shoot_id, doubts, variant_of) VALUES
    (1, 'photo-1', 'import-1', 'IMG_0001.JPG', '1111111111111111111111111111111111111111111111111111111111111111', 1200,
     'image/jpeg', 'analysed', '2026-03-01T09:01:00.000000+00:00', 6000, 4000, '2026-02-27T15:30:00', 'Canon EOS R5',
     'RF50mm F1.2', 52.0705, 4.3007, '8f0f0f0f0f0f0f0f', 2, '', x'0102030405', '2027-01-01', 1,
     'shoot-1', 1, NULL),
    (2, 'photo-2', 'import-1', 'IMG_0002.HEIC', '2222222222222222222222222222222222222222222222222222222222222222', 1200,
     'application/octet-stream', 'set_aside', '2026-03-01T09:02:00.000000+00:00', 0, 0, NULL, '', '', NULL, NULL, '',
     NULL, 'photo:damaged', x'0607080910', '', 0, NULL, 0, 'photo-1');

INSERT INTO lights (purpose, light, photo) VALUES ('web', 'amber', 1), ('press', 'red', 1);

INSERT INTO files (photo_id, kind, place, bytes, sha256) VALUES
    ('photo-1', 'original', 'ab/abcdef', 1200, '1111111111111111111111111111111111111111111111111111111111111111'),
    ('photo-1', 'proxy', 'cd/cdefgh', 300, '3333333333333333333333333333333333333333333333333333333333333333'),
    ('photo-1', 'thumbnail', 'ef/efghij', 40, '4444444444444444444444444444444444444444444444444444444444444444'),
    ('photo-2', 'original', 'gh/ghijkl', 1200, '2222222222222222222222222222222222222222222222222222222222222222'),
    ('photo-2', 'sidecar', 'ij/ijklmn', 90, '5555555555555555555555555555555555555555555555555555555555555555');

INSERT INTO people (id, name, sort_name, department, email, birth_date, standing, merged_into,
    identity) VALUES
    ('person-1', 'Zoë de Wit', 'zoe de wit', 'Communicatie', 'zoe@example.org', '1990-05-17', 'none', NULL, 'person-1'),
    ('person-2', 'Bram', 'bram', '', '', NULL, 'never_photograph', NULL, 'person-2'),
    ('person-3', 'Z. de Wit', 'z. de wit', '', '', NULL, 'none', 'person-1', 'person-1');

INSERT INTO invitations (shoot_id, person_id) VALUES ('shoot-1', 'person-1'), ('shoot-1', 'person-3');

INSERT INTO faces (id, photo_id, "left", top, width, height, origin, score, resolution, points, lookalike)
    VALUES
    ('face-1', 'photo-1', 0.1, 0.2, 0.05, 0.08, 'machine', 0.93, 'open',
     '[[0.11,0.22],[0.14,0.22],[0.125,0.24],[0.11,0.26],[0.14,0.26]]', NULL),
    ('face-2', 'photo-1', 0.5, 0.2, 0.05, 0.08, 'machine', 0.71, 'blur', NULL, 1),
    ('face-3', 'photo-1', NULL, NULL, NULL, NULL, 'hand', 1.0, 'open', NULL, NULL);

INSERT INTO links (face_id, person_id, photo_id, state, distance, changed_at) VALUES
    ('face-1', 'person-1', 'photo-1', 'confirmed', 0.31, '2026-03-01T10:00:00.000000+00:00'),
    ('face-2', 'person-2', 'photo-1', 'rejected', 0.52, '2026-03-01T10:01:00.000000+00:00'),
    ('face-3', 'person-2', 'photo-1', 'suggested', NULL, NULL);

INSERT INTO templates (face_id, person_id, pack, vector) VALUES ('face-1', 'person-1', 'pack-1', x'0000803f');

INSERT INTO changes (id, made_at, made_by, before, after, undone_at) VALUES
    ('change-1', '2026-03-01T10:00:00.000000+00:00', 'user-1', '{"face-9":null}',
     '{"face-9":{"id":"face-9","photo_id":"photo-1"}}', '2026-03-01T10:00:30.000000+00:00');

INSERT INTO quitclaims (id, version, person_id, recorded_at, recorded_on, basis, terms, supersedes, balancing, note,
    signer, guardians, guardians_needed) VALUES
    ('quitclaim-1', 1, 'person-1', '2026-01-05T08:00:00.000000+00:00', '2026-01-05', 'consent',
     '[["web","granted","2026-01-05","2026-12-31"],["recognition","granted",null,null]]', NULL, '', 'on paper',
     'staff', '[]', 0),
    ('quitclaim-1', 2, 'person-1', '2026-02-05T08:00:00.000000+00:00', '2026-02-05', 'consent',
     '[["web","withdrawn","2026-01-05","2026-12-31"],["recognition","granted",null,null]]', NULL, '', '',
     'subject', '[]', 0),
    ('quitclaim-2', 1, 'person-1', '2026-02-06T08:00:00.000000+00:00', '2026-02-06', 'legitimate_interest',
     '[["intranet","granted",null,"2030-01-01"]]', 'quitclaim-1', 'A public event.', '', 'staff', '[]', 0),
    ('quitclaim-3', 1, 'person-3', '2026-02-27T08:00:00.000000+00:00', '2026-02-27', 'consent',
     '[["press","granted",null,"2027-02-26"]]', NULL, '', '', 'guardian', '["a1b2c3"]', 2);

INSERT INTO releases (number, id, photo_id, purpose, made_at, made_by, sha256, bytes, relied_on) VALUES
    (1, 'release-1', 'photo-1', 'web', '2026-01-20T08:00:00.000000+00:00', 'user-1',
     '6666666666666666666666666666666666666666666666666666666666666666', 900, '[["quitclaim-1",1]]');

INSERT INTO users (id, name, sign_in_name, role, active, language, password_hash) VALUES
    ('user-1', 'Redactie', 'redactie', 'editor', 1, 'nl', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA'),
    ('user-2', 'Beheer', 'beheer', 'administrator', 1, 'nl', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA'),
    ('user-3', 'FG', 'fg', 'privacy_officer', 1, 'en', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA');

INSERT INTO sessions (token_hash, user_id, begun_at, seen_at, step, confirmed_at, address, device) VALUES
    ('7777', 'user-1', '2026-03-01T08:00:00.000000+00:00', '2026-03-01T08:20:00.000000+00:00', 'open',
     '2026-03-01T08:00:00.000000+00:00', '192.168.1.20', 'Firefox, Windows');

INSERT INTO sign_in_failures (name_key, at) VALUES ('8888', '2026-03-01T07:59:00.000000+00:00');

INSERT INTO settings (key, value) VALUES ('recognition', '{"switch": "on", "dpia": "DPIA-1", "proposed_by": "user-2",
    "proposed_at": "2026-02-26T08:00:00+00:00", "approved_by": "user-3", "approved_at": "2026-02-26T09:00:00+00:00"}'),
    ('rescan', '{"people": ["person-1"], "after": "photo-2", "asked": 1}');

INSERT INTO audit (number, at, actor_kind, actor, action, thing, outcome, detail, previous, seal, algorithm) VALUES
    (1, '2026-03-01T09:00:00+00:00', 'operator', 'operator', 'import:start', 'import-1', 'done', '',
     '0000000000000000000000000000000000000000000000000000000000000000',
     '1af6c5cbd0a0c3b3ea09e37a4e1ea2d0c53f0a41e2c5a6fd3a7e13d9f8a7b6c5', 'sha256');

INSERT INTO quitclaim_templates (id, version, audience, basis, name, texts, months, recorded_at, guardians, alert_days,
    in_use) VALUES
    ('template-1', 1, 'minor', 'consent', 'Kinderen',
     '{"nl":{"title":"Toestemming","controller":"Waterdam","introduction":"Wij maken foto''s.",
       "purposes":{"press":"In de krant."},"recipients":"De krant.","duration":"Een jaar.","rights":"Intrekken.",
       "declaration":"Ik geef toestemming."}}', '{"press":12}', '2026-01-02T08:00:00.000000+00:00', 2, '[60,30]', 1),
    ('template-1', 2, 'minor', 'consent', 'Kinderen',
     '{"nl":{"title":"Toestemming","controller":"Waterdam","introduction":"Wij maken foto''s.",
       "purposes":{"press":"In de krant."},"recipients":"De krant.","duration":"Een jaar.","rights":"Intrekken.",
       "declaration":"Ik geef toestemming."}}', '{"press":12}', '2026-03-02T08:00:00.000000+00:00', 2, '[90]', 0);

INSERT INTO requests (id, token_hash, template_id, template_version, channel, language, created_at, created_by,
    expires_at, person_id, shoot_id, renews, answered_at, cancelled_at) VALUES
    ('request-1', 'aaaa', 'template-1', 1, 'email', 'nl', '2026-02-26T08:00:00.000000+00:00', 'user-1',
     '2026-03-28T08:00:00.000000+00:00', 'person-3', 'shoot-1', NULL, '2026-02-27T08:00:00.000000+00:00', NULL),
    ('request-2', 'bbbb', 'template-1', 1, 'poster', 'nl', '2026-02-27T08:00:00.000000+00:00', 'user-1',
     '2026-03-01T08:00:00.000000+00:00', NULL, 'shoot-1', NULL, NULL, '2026-02-27T09:00:00.000000+00:00');

INSERT INTO own_links (token_hash, person_id, created_at, expires_at) VALUES
    ('cccc', 'person-3', '2026-02-27T08:00:00.000000+00:00', '2031-03-01T08:00:00.000000+00:00');

INSERT INTO codes (token_hash, code_hash, made_at, tries) VALUES
    ('aaaa', 'dddd', '2026-02-27T07:58:00.000000+00:00', 1);

INSERT INTO evidence (id, quitclaim_id, version, kind, made_at, place, bytes, sha256, seal, wrapped_key, request_id,
    template_id, template_version) VALUES
    ('evidence-1', 'quitclaim-3', 1, 'signed', '2026-02-27T08:00:00.000000+00:00', 'kl/klmnop', 90000,
     '7777777777777777777777777777777777777777777777777777777777777777', 'eeee', x'1112131415', 'request-1',
     'template-1', 1),
    ('evidence-2', 'quitclaim-1', 1, 'scan', '2026-01-05T08:00:00.000000+00:00', 'mn/mnopqr', 80000,
     '8888888888888888888888888888888888888888888888888888888888888888', 'eeee', x'1617181920', NULL, NULL, NULL);

INSERT INTO reference_templates (id, person_id, pack, vector) VALUES ('selfie-1', 'person-3', 'pack-1', x'0000803f');

INSERT INTO messages (id, kind, address, language, person_id, subject, text, created_at, state, tries, next_try,
    sent_at, problem) VALUES
    ('message-1', 'signed', 'zoe@example.org', 'nl', 'person-1', 'Je toestemming', '',
     '2026-02-27T08:00:00.000000+00:00', 'sent', 1, NULL, '2026-02-27T08:00:02.000000+00:00', ''),
    ('message-2', 'code', 'zoe@example.org', 'nl', 'person-1', 'Je code', 'Je code is 123456.',
     '2026-02-27T07:58:00.000000+00:00', 'queued', 1, '2026-02-27T07:59:00.000000+00:00', NULL, 'timed_out');

INSERT INTO alerts (quitclaim_id, version, purpose, days, sent_at) VALUES
    ('quitclaim-3', 1, 'press', 60, '2026-12-28T08:00:00.000000+00:00');

INSERT INTO notices (id, user_id, kind, photo_id, person_id, purpose, made_at, seen_at) VALUES
    ('notice-1', 'user-1', 'withdrawn', 'photo-1', 'person-1', 'web', '2026-02-05T08:00:00.000000+00:00', NULL),
    ('notice-2', 'user-1', 'answered', NULL, 'person-3', NULL, '2026-02-27T08:00:00.000000+00:00',
     '2026-02-28T08:00:00.000000+00:00');

INSERT INTO photo_history (photo, day, facts) VALUES
    (1, '2026-03-01', '{"stage":"analysed","head_count":2,"doubts":0,"faces":[["face-1","open",[0.1,0.2,0.05,0.08]]],
      "links":[["face-1","person-3","confirmed"]],"people":{"person-3":["none",null,["person-3"]]}}'),
    (2, '2026-03-01', '{"stage":"set_aside","head_count":null,"doubts":0,"faces":[],"links":[],"people":{}}');

INSERT INTO fingerprints (turn, photo, value, compared) VALUES (7, 1, '8f0f0f0f0f0f0f0f8f0f0f0f0f0f0f0f', 1);

INSERT INTO suspects (photo, other, likeness, found_at, decided_at, decided_by) VALUES
    ('photo-2', 'photo-1', 0.97, '2026-03-01T09:06:00.000000+00:00', NULL, NULL);

INSERT INTO blocked (sha256, kept, blocked_at, blocked_by) VALUES
    ('9999999999999999999999999999999999999999999999999999999999999999', 'photo-1', '2026-03-01T10:00:00.000000+00:00',
     'user-1');

INSERT INTO uploads (id, import_id, begun_by, name, folder, bytes, modified, received, state, wrapped_key, touched_at)
    VALUES ('upload-1', 'import-2', 'user-1', 'IMG_0003.JPG', 'DCIM', 30000000, 1767225600000, 8000000, 'open',
     x'2122232425', '2026-03-02T09:00:30.000000+00:00');

INSERT INTO upload_parts (upload_id, number, place, bytes) VALUES ('upload-1', 0, 'op/opqrst', 8000000);

INSERT INTO moves (id, folder, begun_by, begun_at, stage, looked_at, inventory, trial_import, whole_import, problem)
    VALUES ('move-1', '/mnt/archief', 'user-1', '2026-03-03T09:00:00.000000+00:00', 'tried', 200, '{}', 'import-1', NULL,
     '');

INSERT INTO permission_lists (id, name, received_at, received_by, data, mapping, committed_at, undone_at) VALUES
    ('list-1', 'oud.csv', '2026-03-01T09:00:00.000000+00:00', 'user-1', x'4e61616d3b5765620a416e6e613b6a610a',
     '{"uses":[["name",[]],["answer",["web"]],null],"date_order":"day_first","basis":"consent","balancing":"","months":12,
      "own_words":{"goed":"granted"},"decisions":{"2":"person-1","3":null}}',
     '2026-03-01T10:00:00.000000+00:00', NULL);

INSERT INTO permission_list_people (list_id, person_id, added, filled_in, quitclaim_id) VALUES
    ('list-1', 'person-1', 0, '{"email":"zoe@example.org"}', 'quitclaim-1');

INSERT INTO scans (id, number, request_id, made_at, made_by, place, bytes, sha256, wrapped_key) VALUES
    ('scan-1', 1, 'request-1', '2026-03-01T11:00:00.000000+00:00', 'user-1', 'qr/qrstuv', 70000,
     '9999999999999999999999999999999999999999999999999999999999999999', x'2122232425');

INSERT INTO releases (id, photo_id, purpose, made_at, made_by, sha256, bytes, relied_on, shape, recipient, email, medium,
    fingerprint, receipt, share_id) VALUES
    ('release-9', 'photo-1', 'press', '2026-02-03T09:00:00.000000+00:00', 'user-1',
     '9999999999999999999999999999999999999999999999999999999999999999', 900, '[["quitclaim-1",1]]',
     '{"size":"a4","crop":"square","format":"png","colours":"grey"}', 'De Krant', 'foto@krant.example', 'voorpagina',
     '8f0f0f0f0f0f0f0e', '{}', 'share-1');

INSERT INTO recalls (id, release_id, why, opened_at, state, told_at, token_hash, answered_at, answered_by, note) VALUES
    ('recall-1', 'release-9', 'revoked', '2026-02-05T08:00:00.000000+00:00', 'removed',
     '2026-02-05T08:01:00.000000+00:00', 'dddd', '2026-02-06T08:00:00.000000+00:00', 'user-1', 'gebeld');

INSERT INTO cards (id, label, first_seen_at, shoot_id, insertion, files, fresh) VALUES
    ('card-1', 'EOS_DIGITAL', '2026-03-01T09:00:00.000000+00:00', 'shoot-1', 'insertion-1', 12, 3);
UPDATE imports SET card_id = 'card-1', problem = 'card:gone' WHERE id = 'import-1';
INSERT INTO taken_files (place, mark) VALUES ('card-1', '00112233445566778899aabbccddeeff');

INSERT INTO backup_targets VALUES ('office', 'rest', 'https://backup.example/box', 'NL', '', '', 'box', 'secret', 30, 0);
INSERT INTO duty_runs VALUES (1, 'run1', 'backup', 'office', '2026-11-24T01:00:00.000000+00:00',
    '2026-11-24T01:05:00.000000+00:00', 1, '{"files": 3}');

INSERT INTO shares (id, name, place, user, password, shoot_id, after, active, looked_at, problem, waiting, refused) VALUES
    ('share-9', 'Studio', 'smb://server/fotos', 'kluis', 'secret', 'shoot-1', 'move', 1, '2026-03-01T09:00:00.000000+00:00',
     'share:gone', 2, 1);
UPDATE imports SET share_id = 'share-9' WHERE id = 'import-1';

UPDATE users SET openid = 'https://login.example.org subject-1', seen_at = '2026-03-01T08:00:00.000000+00:00'
    WHERE id = 'user-1';

INSERT INTO authenticators (user_id, secret, added_at, last_step) VALUES
    ('user-2', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', '2026-02-01T08:00:00.000000+00:00', 58991200);

INSERT INTO passkeys (id, user_id, name, public_key, sign_count, added_at, used_at) VALUES
    ('cGFzc2tleS0x', 'user-3', 'Laptop', x'a1b2', 3, '2026-02-01T08:00:00.000000+00:00', NULL);

INSERT INTO recovery_codes (code_key, user_id, made_at) VALUES
    ('9999', 'user-2', '2026-02-01T08:00:00.000000+00:00');

INSERT INTO challenges (token_hash, kind, value, made_at) VALUES
    ('abab', 'use a passkey', '{"user": "user-3", "challenge": "00"}', '2026-03-01T07:59:00.000000+00:00');

INSERT INTO audit_heads (number, seal, at, algorithm, public_key, signature) VALUES
    (1, '1af6c5cbd0a0c3b3ea09e37a4e1ea2d0c53f0a41e2c5a6fd3a7e13d9f8a7b6c5', '2026-03-01T09:30:00+00:00', 'ed25519',
     'cHVibGlj', 'c2lnbmF0dXJl');



INSERT INTO parcels (id, token_hash, title, purpose, created_at, created_by, expires_at, recipient, email, language, downloads,
    password_hash, failures, revoked_at) VALUES
    ('share-1', 'ffff', 'Open dag', 'press', '2026-02-01T09:00:00.000000+00:00', 'user-1',
     '2026-02-08T09:00:00.000000+00:00', 'De Krant', 'foto@krant.example', 'nl', 20, '$argon2id$x', 1, NULL);

INSERT INTO parcel_photos (parcel_id, position, ref, photo_id) VALUES ('share-1', 0, 'ref-1', 'photo-1');

INSERT INTO parcel_visits (token_hash, parcel_id, begun_at, verified_at) VALUES
    ('cdcd', 'share-1', '2026-02-01T10:00:00.000000+00:00', '2026-02-01T10:05:00.000000+00:00');

INSERT INTO parcel_wishes (id, parcel_id, made_at, purpose, text) VALUES
    ('wish-1', 'share-1', '2026-02-02T10:00:00.000000+00:00', 'web', 'Ook voor onze site');

INSERT INTO notices (id, user_id, kind, purpose, made_at, parcel_id) VALUES
    ('notice-9', 'user-1', 'more_rights', 'web', '2026-02-02T10:00:00.000000+00:00', 'share-1');

INSERT INTO erasures VALUES (1, 'erasure-1', 'photo', 'photo-8', '2026-03-02T09:00:00.000000+00:00', 'user-1', 'decision',
    '{"photos":1}', 'erase', NULL);
INSERT INTO holds VALUES ('hold-1', 'photo', 'photo-1', 'claim', 'legal', '2026-09-01', '2026-03-02T09:00:00.000000+00:00',
    'user-1', NULL, '');

INSERT INTO retention_rules VALUES ('rule-1', 'shoot-1', 'web', 60, 'purge');
INSERT INTO retention_warnings VALUES ('photo-1', '2031-03-01', '2031-02-01T01:00:00.000000+00:00');
INSERT INTO rights_requests VALUES ('asked-1', 'person-1', 'access', '2026-03-01', '2026-04-01', 'open', '',
    '2026-03-01T09:00:00.000000+00:00', 'user-1', NULL, NULL, 'a large archive', '');

INSERT INTO descriptions (photo, title, caption, creator, credit, copyright_notice, searched) VALUES
    (1, 'Open dag', 'De nieuwe wachtkamer', 'Kees', 'Foto: Kees', '(c) Kees', 'open dag
de nieuwe wachtkamer
open dag
zorg
kees');
INSERT INTO keywords (photo, place, keyword, folded) VALUES (1, 0, 'Open dag', 'open dag'), (1, 1, 'Zorg', 'zorg');

INSERT INTO self_audits (id, made_at, report, algorithm, public_key, signature) VALUES
    ('self-audit-1', '2026-03-01T04:00:00.000000+00:00', '{"findings":[],"open":[],"sample":["photo-1"]}', 'ed25519', 'aa', 'bb');
INSERT INTO self_audit_findings (key, finding, found_at, due_on, fixed_at, told_at) VALUES
    ('no_backups', '{"topic":"duties","problem":"no_backups","light":"red","thing":"","values":{}}',
     '2026-03-01T04:00:00.000000+00:00', '2026-03-31', NULL, NULL);
INSERT INTO self_audit_sample (audit_id, photo_id, looked_at, looked_by, "right") VALUES
    ('self-audit-1', 'photo-1', '2026-03-02T04:00:00.000000+00:00', 'user-3', 0);

INSERT INTO doubts (id, photo_id, "left", top, width, height, sign, score, nobody, face_id) VALUES
    ('doubt-1', 'photo-1', 0.5, 0.5, 0.1, 0.2, 'body_without_face', 0.7, 1, NULL);

INSERT INTO collections (id, title, note, cover, owner, made_at) VALUES
    ('collection-1', 'Jaarverslag', 'Voor de omslag', 1, 'user-1', '2026-03-05T09:00:00.000000+00:00');
INSERT INTO collection_photos (collection, photo, place) VALUES ('collection-1', 1, 1), ('collection-1', 2, 0);
INSERT INTO collection_changes (number, collection, made_at, made_by, steps, undoes) VALUES
    (1, 'collection-1', '2026-03-05T09:00:00.000000+00:00', 'user-1',
     '[["photo","photo-1",null,0],["photo","photo-2",null,1]]', NULL),
    (2, 'collection-1', '2026-03-05T09:01:00.000000+00:00', 'user-1', '[["photo","photo-2",1,0]]', NULL),
    (3, 'collection-1', '2026-03-05T09:02:00.000000+00:00', 'user-1', '[["photo","photo-2",0,1]]', 2);

INSERT INTO tokens VALUES ('token-1', 'user-1', 'abab', 'intranet', 'photo:view release:make',
    '2026-03-01T09:00:00.000000+00:00', '2026-06-01T09:00:00.000000+00:00', '2026-03-02T09:00:00.000000+00:00', NULL);

INSERT INTO collection_comments (id, collection, photo, author, made_at, text) VALUES
    ('comment-1', 'collection-1', NULL, 'user-1', '2026-03-05T10:00:00.000000+00:00', 'Mooi'),
    ('comment-2', 'collection-1', 1, 'user-2', '2026-03-05T10:01:00.000000+00:00', 'Deze vooraan');
INSERT INTO parcels (id, token_hash, title, purpose, created_at, created_by, expires_at, recipient, email, language, downloads,
    password_hash, collection_id) VALUES
    ('share-2', 'fefe', 'Jaarverslag', 'print', '2026-03-05T11:00:00.000000+00:00', 'user-1',
     '2026-03-12T11:00:00.000000+00:00', 'De Drukker', 'druk@drukker.example', 'nl', 20, '$argon2id$x', 'collection-1');
INSERT INTO notices (id, user_id, kind, made_at, collection_id) VALUES
    ('notice-10', 'user-1', 'commented', '2026-03-05T10:01:00.000000+00:00', 'collection-1');

INSERT INTO search_words VALUES ('words-1', 'zoë', '2026-03-01T09:00:00.000000+00:00');
INSERT INTO saved_searches VALUES ('search-1', 'Groen voor de pers', 'user-1', 1,
    '{"light":"green","purpose":"press","taken_from":"2026-01-01","tags":["tag-1"]}', '2026-03-01T09:00:00.000000+00:00');

INSERT INTO photo_versions (photo, version, made_at, made_by, known) VALUES
    (1, 1, '2026-03-06T09:00:00.000000+00:00', 'worker', '{"description":{"title":"","caption":"","keywords":[],"creator":"",'
     || '"credit":"","copyright_notice":""},"shoot":"","heads":null,"people":[]}'),
    (1, 2, '2026-03-06T09:01:00.000000+00:00', 'user-1', '{"description":{"title":"Open dag","caption":"","keywords":["Zorg"],'
     || '"creator":"","credit":"","copyright_notice":""},"shoot":"shoot-1","heads":2,"people":["person-1"]}');

UPDATE recalls SET reminders = 1, reminded_at = '2026-02-12T08:01:00.000000+00:00' WHERE id = 'recall-1';

INSERT INTO webhooks VALUES ('webhook-1', 'https://cms.example.org/kluis', 'photo.ready recall.opened', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', '',
    'user-1', '2026-03-01T09:00:00.000000+00:00');
INSERT INTO webhook_deliveries VALUES ('delivery-1', 'webhook-1', 'photo.ready', 'photo-1', '2026-03-01T09:00:00.000000+00:00',
    '2026-03-01T09:00:00.000000+00:00', 'waiting', 1, '500');

INSERT INTO digests (user_id, address, every, sent_at) VALUES
    ('user-1', 'anna@waterdam.example', 'weekly', '2026-03-06T06:50:00.000000+00:00');

INSERT INTO groups VALUES ('group-1', 'Zorg', 'zorg', 0);
INSERT INTO group_members VALUES ('colleagues', 'user-1');
INSERT INTO grants VALUES ('grant-1', 'user', 'user-1', 'shoot', 'shoot-1', 'deny', '["see"]', 'user-1',
    '2026-11-25T09:00:00.000000+00:00');

UPDATE people SET limited = 'restricted' WHERE id = 'person-1';

INSERT INTO changes (id, made_at, made_by, before, after, undone_at, about) VALUES
    ('change-shoot', '2026-03-01T10:00:00.000000+00:00', 'user-1', '{"photo-1":null}', '{"photo-1":"shoot-1"}', NULL, 'shoots');

UPDATE shares SET collection_id = 'collection-1';
UPDATE cards SET collection_id = 'collection-1' WHERE id = 'card-1';
UPDATE imports SET collection_id = 'collection-1', collected = 1 WHERE id = 'import-1';

INSERT INTO proposals VALUES ('proposal-1', 'erase_person', 'person-1', '{"together": "erase", "with_proof": "no"}',
    'user-1', '2026-11-25T09:00:00.000000+00:00', 0, 'approved', 'user-2', '2026-11-25T10:00:00.000000+00:00', NULL);

UPDATE releases SET marked = 1 WHERE id = 'release-1';

UPDATE digests SET about = 'photos safety';
