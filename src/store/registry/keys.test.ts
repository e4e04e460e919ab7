import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { openRegistry } from './sqlite.ts'

/** The tables of the first version, as it made them. */
const FIRST = `CREATE TABLE keys (
     pseudonym TEXT PRIMARY KEY, asn INTEGER NOT NULL, grade TEXT NOT NULL, born_on INTEGER NOT NULL,
     seen_on INTEGER NOT NULL, matched_days INTEGER NOT NULL, matched_on INTEGER NOT NULL, burst INTEGER NOT NULL,
     ends_on INTEGER
   ) WITHOUT ROWID, STRICT;
   CREATE INDEX keys_by_birth ON keys (asn, born_on);
   CREATE TABLE invitations (hash TEXT PRIMARY KEY, expires_on INTEGER NOT NULL, uses_left INTEGER NOT NULL)
     WITHOUT ROWID, STRICT;
   INSERT INTO keys VALUES
     ('a000000000000001', 9198, 'enrolled', 20000, 20010, 3, 20010, 0, NULL),
     ('a000000000000002', 9198, 'plain', 20001, 20010, 4, 20010, 0, 20012),
     ('c000000000000001', 9198, 'plain', 20002, 20010, 4, 20010, 1, NULL),
     ('c000000000000002', 9198, 'plain', 20002, 20010, 4, 20010, 1, NULL),
     ('c000000000000003', 29355, 'plain', 20002, 20010, 4, 20010, 1, NULL);
   INSERT INTO invitations VALUES ('hash of a', 20090, 3), ('hash of b', 20090, 5);
   PRAGMA user_version = 1`

describe('the registry of keys', () => {
  it('opens as the first version left it: no key is lost, and what was one crowd is one lineage', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kuager-keys-'))
    try {
      mkdirSync(join(folder, 'registry'))
      const old = new DatabaseSync(join(folder, 'registry', 'keys.sqlite'))
      old.exec(FIRST)
      old.close()
      for (let opened = 0; opened < 2; opened++) {
        using registry = openRegistry(folder)
        assert.deepEqual(registry.key('a000000000000001'), {
          ...{ pseudonym: 'a000000000000001', asn: 9198, grade: 'enrolled', bornOn: 20000, seenOn: 20010 },
          ...{ matchedDays: 3, matchedOn: 20010 },
        })
        assert.equal(registry.key('a000000000000002')?.endsOn, 20012)
        const crowd = ['c000000000000001', 'c000000000000002', 'c000000000000003'].map(
          (name) => registry.key(name)?.lineage,
        )
        assert.match(crowd[0] ?? '', /^[0-9a-f]{32}$/)
        assert.equal(crowd[1], crowd[0])
        assert.notEqual(crowd[2], crowd[0])
        assert.equal(registry.lineage(crowd[0] ?? '')?.bornOn, 20002)
        const codes = registry.invitations()
        assert.deepEqual(
          codes.map(({ hash, usesLeft }) => [hash, usesLeft]),
          [
            ['hash of a', 3],
            ['hash of b', 5],
          ],
        )
        assert.equal(new Set(codes.map(({ lineage }) => lineage)).size, 2)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
