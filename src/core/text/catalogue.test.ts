import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { LITERAL, NAMES, parseMessage, placeholdersOf, type MessageNode } from '../../../test/house/messages.ts'
import { FACTS } from '../model/measured/verdict.ts'
import { CATALOGUE, type Key } from './catalogue.ts'
import { sayRecorded } from './format.ts'
import { GROUND_VALUES } from './sentence/verdict.ts'
import { LANGS, type Lang } from './lang.ts'

const keys = Object.keys(CATALOGUE.en).filter((key): key is Key => key in CATALOGUE.en)
const ast = (lang: Lang, key: Key): readonly MessageNode[] => parseMessage(CATALOGUE[lang][key], lang)
const argumentsOf = (lang: Lang, key: Key): readonly string[] => [...placeholdersOf(ast(lang, key)).keys()]

/** Kazakh letters that Russian lacks; `і` and `һ` have Latin look-alikes. */
const KAZAKH = [...'әғқңөұүһі']

/** A Kazakh ordinal in figures has the hyphen in place of its ending: «{number}-нұсқа», the second edition. */
const ORDINALS = /(?<=\})-(?:нұсқа|кесте|сурет|қосымша|топ|бет|оқиға|деңгей|аралық)\p{L}*/gu

describe('catalogues', () => {
  it('have the same keys in every language', () => {
    for (const lang of LANGS) assert.deepEqual(Object.keys(CATALOGUE[lang]).toSorted(), keys.toSorted(), lang)
  })

  it('have neither plurals nor cases where the script of the check puts values into their braces itself', () => {
    for (const lang of LANGS)
      for (const key of keys.filter((one) => one.startsWith('crowd.tool.')))
        assert.ok(!ast(lang, key).some((node) => 'options' in node), `${lang} ${key}`)
  })

  it('format every message with 0, 1, 2, 5, 6, 9, 10 and 21 of anything that it counts', () => {
    for (const lang of LANGS)
      for (const key of keys)
        for (const count of [0, 1, 2, 5, 6, 9, 10, 21]) {
          const values = Object.fromEntries(argumentsOf(lang, key).map((name) => [name, count]))
          const text = sayRecorded(lang, key, values)
          assert.ok(text.trim() !== '' && !/[{}#]/.test(text), `${lang} ${key}: ${text}`)
        }
  })

  it('mix no Latin look-alike into a Cyrillic word', () => {
    for (const lang of ['kk', 'ru'] as const)
      for (const key of keys)
        for (const node of ast(lang, key)) {
          if (node.type !== LITERAL || !('value' in node)) continue
          for (const word of node.value.match(/\p{L}+/gu) ?? []) {
            const latin = /\p{Script=Latin}/u.test(word)
            assert.ok(!latin || !/\p{Script=Cyrillic}/u.test(word), `${lang} ${key}: two scripts in ${word}`)
            assert.ok(!latin || NAMES.has(word), `${lang} ${key}: Latin word ${word}`)
            if (lang === 'ru')
              assert.ok(!KAZAKH.some((letter) => word.includes(letter)), `${key}: Kazakh letter in ${word}`)
          }
        }
  })

  it('hold every Kazakh letter, and no Cyrillic in English', () => {
    const kazakh = Object.values(CATALOGUE.kk).join(' ').toLowerCase()
    for (const letter of KAZAKH.filter((letter) => letter !== 'һ')) assert.ok(kazakh.includes(letter), letter)
    for (const text of Object.values(CATALOGUE.en)) assert.doesNotMatch(text, /\p{Script=Cyrillic}/u)
  })

  it('glue no ending to an inserted value', () => {
    for (const lang of LANGS)
      for (const key of keys)
        assert.doesNotMatch(
          CATALOGUE[lang][key].replaceAll(ORDINALS, ''),
          /\}[-\u2010-\u2013]?\p{L}/u,
          `${lang} ${key}`,
        )
  })

  it('use the quotation marks of the language and no apostrophe in Kazakh and Russian', () => {
    for (const lang of ['kk', 'ru'] as const)
      for (const text of Object.values(CATALOGUE[lang])) assert.doesNotMatch(text, /['’"“”]/u)
    for (const text of Object.values(CATALOGUE.en)) assert.doesNotMatch(text, /['"«»]/u)
  })

  it('never say who ordered, who blocks, or that anyone intended it', () => {
    const accusing = {
      en: /\b(govern|minist|state[- ]|authorit(y|ies) (block|order)|censor|order(ed|s) by|blocked by|deliberate|intentional|on purpose)/iu,
      ru: /(государств|правительств|министерств|власт[ьи]|цензур|по приказу|распоряжени|заблокировал|умышленн|намеренн)/iu,
      kk: /(мемлекет|үкімет|министрл|билік|цензура|бұйрық|бұғаттаған|әдейі|қасақана)/iu,
    } satisfies Record<Lang, RegExp>
    for (const lang of LANGS)
      // Documents of a case name the bodies that they are addressed to; test/no-who-blocks.test.ts reads them too.
      for (const key of keys.filter(
        (one) => !/^(?:document|court-claim|communication|act-request|submission)\./.test(one),
      ))
        assert.doesNotMatch(CATALOGUE[lang][key], accusing[lang], `${lang} ${key}`)
  })

  it('never call the open letter a petition, but where they say that it is none and name the portal for one', () => {
    const said = new Set<Key>(['letter.law.not.paper', 'letter.law.second.portal'])
    for (const lang of LANGS)
      for (const key of keys)
        if (!said.has(key)) assert.doesNotMatch(CATALOGUE[lang][key], /петици|petition/iu, `${lang} ${key}`)
  })

  it('keep to the words of the vocabulary, and to one word for a thing that is pressed or filled in', () => {
    // A court gives «үкім»; «адам емес» is an insult; only a disk and a connection are «шифрланған»: a signature is sealed.
    const strange = {
      kk: /(үкім|адам емес|түйме|нысанға|нысанды |мөрленген диск)/iu,
      ru: /(волонт[её]р|инцидент|вердикт|запечатанном диске|верси[ия] письма)/iu,
      en: /(sealed disk|not a person)/iu,
    } satisfies Record<Lang, RegExp>
    for (const lang of LANGS)
      for (const key of keys) assert.doesNotMatch(CATALOGUE[lang][key], strange[lang], `${lang} ${key}`)
  })

  it('have no private or misread word where a standard one exists: docs/vocabulary.md, "Rules of manner"', () => {
    const court = /^(?:document|court-claim|communication|act-request|submission)\./
    const strange = {
      // «не» is "what" before these words, and "or", which is «немесе», before others; «неге» asks "why" only in speech.
      kk: /ішінен \{|\} ішінен|IP[- ]?адрес|IP мекенжай|(?<!\p{L})неге(?!\p{L})(?! байланысты| ұқса)|(?<!\p{L})не (?!(?:анықталғ|айт|атал|бар|белгілі|бер|бол|байқал|білдір|біле|емес|жазыл|жариялан|жібер|жоғалт|жоқ|және|көмектес|көр|күтіл|кел|кезекте|керек|қайшы|істе|істі|ашыла|орындал|оқы|өзгерт|өлше|рұқсат|сақта|туралы|тексер|хабарла|ізде|үшін)\p{L}*)\p{L}/u,
      ru: /оператор\p{L}* (?:этого )?сервер|тревог|(?:ваш|сво)\p{L}+ лини/iu,
      en: /\bpublic forms?\b|\bset aside\b|\btaken against\b|\bpaid for\b|\bthe record\b|\bcarriers?\b|\bon hold\b|\bat home(?! or mobile)\b|\bunder one mark\b/iu,
    } satisfies Record<Lang, RegExp>
    const used = { kk: '14 ішінен {n} не баяу', ru: 'оператор сервера', en: 'on hold, at home' } satisfies Record<
      Lang,
      string
    >
    for (const lang of LANGS) {
      assert.match(used[lang], strange[lang])
      for (const key of keys) assert.doesNotMatch(CATALOGUE[lang][key], strange[lang], `${lang} ${key}`)
    }
    // In procedure «айғақ» is testimony; a document for a court dates with «жылғы».
    for (const key of keys.filter((one) => court.test(one)))
      assert.doesNotMatch(CATALOGUE.kk[key], /айғақ|\d{4} ж\./iu, key)
  })

  it('never let «жоқ» or «нет» be all that a cell says of people', () => {
    for (const key of keys.filter((one) => /^(crowd|report|letter|handover)\./u.test(one))) {
      assert.notEqual(CATALOGUE.kk[key].toLowerCase(), 'жоқ', key)
      assert.notEqual(CATALOGUE.ru[key].toLowerCase(), 'нет', key)
    }
  })

  it('say of a fact only what its ground carries', () => {
    const source = readFileSync(new URL('../model/measured/verdict.ts', import.meta.url), 'utf8')
    for (const fact of FACTS) {
      const comment = source.split('\n').find((line) => line.trim().startsWith(`'${fact}',`))
      const listed = (comment?.split('//')[1] ?? '').trim().split(/\s+/)
      const derived = fact === 'tls.innocent-passed' ? ['order'] : []
      for (const name of argumentsOf('en', `fact.${fact}`))
        assert.ok(listed.includes(name) || derived.includes(name), `${fact} carries no ${name}`)
      const words = new Set<string>(GROUND_VALUES)
      for (const name of listed.filter((word) => /^[a-z]+$/.test(word)).slice(0, 3))
        if (fact !== 'tls.control-assumed') assert.ok(words.has(name), `no label for ${name} of ${fact}`)
    }
  })

  it('begin every fact with a word of the language, so that it can take a capital', () => {
    for (const lang of LANGS)
      for (const fact of FACTS)
        assert.match(sayRecorded(lang, `fact.${fact}`, fill(lang, `fact.${fact}`)), /^\p{L}/u, `${lang} ${fact}`)
  })
})

const fill = (lang: Lang, key: Key): Record<string, number> =>
  Object.fromEntries(argumentsOf(lang, key).map((name) => [name, 7]))
