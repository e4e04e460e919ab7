import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { planWorld } from './plan.ts'
import { expectsInterference, loadScenario, scenarioNames, scenarioSchema } from './scenario.ts'

const plan = planWorld()
const scenarios = await Promise.all(scenarioNames().map((name) => loadScenario(name, plan)))

describe('the scenarios', () => {
  it('are at least forty-five, of which at least eighteen expect nothing restricted', () => {
    assert.ok(scenarios.length >= 45, `${scenarios.length} scenarios`)
    const without = scenarios.filter((one) => !expectsInterference(one))
    assert.ok(without.length >= 18, `${without.length} without interference`)
  })

  it('use every rule that a censor knows', () => {
    const used = new Set(scenarios.flatMap(({ censor }) => censor.map(({ kind }) => kind)))
    const known = scenarioSchema.shape.censor.unwrap().element.options.map((one) => one.shape.kind.value)
    assert.deepEqual([...used].toSorted(), [...new Set(known)].toSorted())
  })

  it('expect interference nowhere that no censor stands', () => {
    for (const one of scenarios) if (expectsInterference(one)) assert.ok(one.censor.length > 0, one.name)
  })

  it('expect interference, where a censor stands, of what it touches and of nothing else', () => {
    for (const { name, censor, expected, services } of scenarios) {
      // What a rule of iptables matches is not read here.
      if (censor.length === 0 || censor.some(({ kind }) => kind === 'rules') || expected.kind !== 'interfered') continue
      const touched = new Set(
        censor.flatMap((rule) => ('names' in rule ? rule.names : 'targets' in rule ? rule.targets : [])),
      )
      const expectedOf = [expected.service].flat()
      for (const id of services) {
        const hosts = plan.services.find((one) => one.id === id)?.endpoints.map(({ host }) => host) ?? []
        const isTouched =
          censor.some((rule) => rule.kind === 'tunnel' && id === `protocol-${rule.protocol}`) ||
          hosts.some(
            (host) =>
              [...touched].some((one) => host === one || host.endsWith(`.${one}`)) ||
              (!host.endsWith('.invalid') && plan.addressesOf(host).some((address) => touched.has(address))),
          )
        assert.equal(isTouched, expectedOf.includes(id), `${name}: ${id}`)
      }
    }
  })
})

describe('loadScenario()', () => {
  it('says what is wrong with a scenario that is not there', async () => {
    await assert.rejects(loadScenario('no-such-scenario', plan), /Cannot read scenario "no-such-scenario"/)
  })
})
