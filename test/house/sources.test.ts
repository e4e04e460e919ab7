import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blank, packageOf, resolveImport } from './sources.ts'

describe('reading sources', () => {
  it('blank() hides comments and strings and keeps the code between them', () => {
    assert.equal(blank(`a('x // y') // z\nb`), `a('      ')     \nb`)
    assert.equal(blank('/* a */b"c"'), `       b" "`)
  })

  it('blank() keeps the expressions inside a template and hides its text', () => {
    assert.equal(blank('`Date.now ${f(`in ${x}`)} out` + y'), '`         ${f(`   ${x}`)}    ` + y')
  })

  it('blank() tells a regular expression from a division', () => {
    assert.equal(blank(`x = /['"]/.test(y)`), `x = /    /.test(y)`)
    assert.equal(blank('a / b / c'), 'a / b / c')
    assert.equal(blank(`return /[/'"]\\//g`), `return /       /g`)
  })

  it('packageOf() gives the name of a package without the path inside it', () => {
    assert.equal(packageOf('hono/html'), 'hono')
    assert.equal(packageOf('@hono/node-server/serve-static'), '@hono/node-server')
    assert.equal(packageOf('node:fs/promises'), 'node:fs/promises')
  })

  it('resolveImport() gives the path from the root', () => {
    assert.equal(resolveImport('src/core/judge/layer/dns.ts', '../../model/units.ts'), 'src/core/model/units.ts')
    assert.equal(resolveImport('src/core/judge/layer/dns.ts', 'zod'), undefined)
  })
})
