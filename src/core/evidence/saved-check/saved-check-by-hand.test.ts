import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { hasProgram } from '../../../../test/kit/net/lab-authority.ts'
import { CHECK, loggedCheck } from '../../../../test/kit/site/saved-checks.ts'
import { formatSavedCheck } from './digest.ts'
import { formatVerifierKey } from '../log/signed-note.ts'

/**
 * docs/formats/saved-check.md and C2SP tlog-proof, implemented again without a line of ours; the signature is left to
 * openssl. Prints what does not hold.
 */
const PROGRAM = String.raw`
import base64, hashlib, json, subprocess, sys, tempfile, os
raw, vkey = sys.stdin.buffer.read(), sys.argv[1]
file = json.loads(raw)
canonical = lambda value: json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()
sha = lambda *parts: hashlib.sha256(b''.join(parts)).digest()
wrong = []
if canonical(file) != raw: wrong.append('form')
logged = file['logged']
digest = sha(bytes.fromhex(file['salt']), canonical(file['check'])).hex()
if json.loads(logged['entry']) != {'format': 'kuager-saved-check/1', 'sha256': digest}: wrong.append('digest')
leaf = json.loads(logged['leaf'])
if leaf['kind'] != 'saved-check' or leaf['public'] != sha(logged['entry'].encode()).hex(): wrong.append('leaf')
head, note = logged['proof'].split('\n\n', 1)
version, index, *path = head.split('\n')
text, signatures = note.split('\n\n', 1)
origin, size, root = text.split('\n')[:3]
at, last = int(index.split()[1]), int(size) - 1
node = sha(b'\0', logged['leaf'].encode())
for one in map(base64.b64decode, path):
    if at & 1 or at == last:
        node = sha(b'\1', one, node)
        while not at & 1 and at: at, last = at >> 1, last >> 1
    else: node = sha(b'\1', node, one)
    at, last = at >> 1, last >> 1
if last != 0 or base64.b64encode(node).decode() != root: wrong.append('inclusion')
key = base64.b64decode(vkey.split('+', 2)[2])[1:]
signature = base64.b64decode(signatures.split(' ')[2])[4:]
with tempfile.TemporaryDirectory() as folder:
    def put(name, data):
        with open(os.path.join(folder, name), 'wb') as out: out.write(data)
        return name
    put('key', bytes.fromhex('302a300506032b6570032100') + key); put('sig', signature); put('text', (text + '\n').encode())
    command = 'openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile sig'
    if subprocess.run(command.split(), cwd=folder, capture_output=True).returncode: wrong.append('checkpoint')
print(' '.join(wrong))
`

const skip = hasProgram('python3') && hasProgram('openssl') ? false : 'needs python3 and openssl'
describe('a saved check, by someone who has only the documents', { skip }, () => {
  const byHand = (text: string, key: string): string =>
    execFileSync('python3', ['-c', PROGRAM, key], { input: text, encoding: 'utf8' }).trim()
  const { saved, key } = loggedCheck({ at: 137, size: 300 })
  const line = formatVerifierKey(key)

  it('holds by every step', () => {
    for (const [at, size] of [
      [0, 1],
      [1, 2],
      [4, 5],
      [6, 7],
      [255, 256],
      [256, 257],
      [137, 300],
    ] as const) {
      const one = loggedCheck({ at, size })
      assert.equal(byHand(formatSavedCheck(one.saved), formatVerifierKey(one.key)), '', `${at} of ${size}`)
    }
  })

  it('does not hold where something was changed', () => {
    const { logged } = saved
    assert.ok(logged?.proof !== undefined)
    assert.equal(byHand(formatSavedCheck({ ...saved, check: { ...CHECK, network: 1 } }), line), 'digest')
    assert.equal(byHand(` ${formatSavedCheck(saved)}`, line), 'form')
    const leaf = logged.leaf.replace(/"public":"./, '"public":"x')
    assert.equal(byHand(formatSavedCheck({ ...saved, logged: { ...logged, leaf } }), line), 'leaf inclusion')
    const another = formatVerifierKey(loggedCheck({ secret: 'another' }).key)
    assert.equal(byHand(formatSavedCheck(saved), another), 'checkpoint')
  })
})
