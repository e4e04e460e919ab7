// No sentence of the program names who ordered or who restricts: "on the path of AS9198" is as far as a measurement goes.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CATALOGUE } from '../src/core/text/catalogue.ts'
import { LANGS, type Lang } from '../src/core/text/lang.ts'
import { listFiles, readSource } from './house/sources.ts'

/** Bodies and persons that could have ordered, and words for an order. */
const ORDERED = {
  en: /\b(government|ministr?(y|er|ries)|president|parliament|authorit(y|ies)|regulator|security (service|committee)|KNB|State Technical Service|akim|censor(s|ed|ship)?|(order(ed|s)?|decision|request|demand|instruct(ed|ions?)|behest|command) (by|of|from) (the )?(?!magnitude)\p{L}|on (the )?orders?|in order to (silence|stop)|(at|on) the initiative of|police|officials? (said|told|wanted|asked)|(is|are|was|were|stands?|stood) behind (it|this)|who did it (is|was)|culprits?|deliberate|intentional|on purpose)/iu,
  ru: /(правительств|министерств|(?<!ад)министр|президент|парламент|государственн|власт(ь|и|ей|ям|ями)(?!\p{L})|регулятор|спецслужб|(?<!\p{L})КНБ(?!\p{L})|(?<!\p{L})ГТС(?!\p{L})|акимат|цензур|приказ|распоряжени|по (указани|требовани|поручени|решени)|по инициативе|чиновник|силовик|полици|(стоит|стоят|стояли?) за (этим|ограничени|блокировк)|виновник|умышленн|намеренн|нарочно)/iu,
  kk: /(үкімет|министр|президент|парламент|мемлекет|билік|реттеуші орган|(?<!\p{L})ҰҚК(?!\p{L})|(?<!\p{L})КНБ(?!\p{L})|(?<!\p{L})МТҚ(?!\p{L})|әкімдік|цензура|бұйры[қғ]|жарлық|нұсқау|тапсырма|талабы(мен| бойынша)|шешімімен|бастамасымен|шенеунік|күштік құрылым|полиция|артында .* тұр|кінәлі|әдейі|қасақана)/iu,
} satisfies Record<Lang, RegExp>

/** Somebody, by name or by role, who does it; and what was done, with a "by" that names somebody. */
const ACTOR = {
  en: /(?<!\p{L})((providers?|operators?|compan(y|ies)|networks?)|AS\d+|\{(network|name|asn|owner)\})\s+(has |have |had |is |are |was |were )?(intentionally )?(block|restrict|throttl|slow|interfer|disabl|cut|switch|shut|fil?ter)(s|ed|ing|es|led|ling|tering|tered)?\b|\b(blocked|restricted|throttled|slowed|disabled|interfered with|cut off|switched off|shut down|filtered) by (?!(name|address)\b)/iu,
  ru: /(провайдер|оператор|компани|\{(network|name|asn|owner)\})[\p{L}\s«»]*?\s(за?блокир|блокир|ограничи|замедл|отключ|перекры|вмеша|глуш|фильтру)|(заблокирован|ограничен|отключ[её]н|замедлен|перекрыт)\p{L}*\s+(провайдер|оператор|компани|сторон|\{)/iu,
  kk: /(провайдер|оператор|компания|\{(network|name|asn|owner)\})[\p{L}\s«»]*?\s(бұғатта|шекте(ді|п|йді|ген|уде)|баяулат|өшір|ажырат|кедергі жаса|сүзгіле)|(провайдер|оператор|компания)\p{L}*\s+тарапынан/iu,
} satisfies Record<Lang, RegExp>

/**
 * The word for the finding stands only where the word rule gave it, or where it is explained or denied. What readers have
 * in their own browser against advertisements has it in its name.
 */
const WORD = {
  en: /\bblock(ing|ed|s)?\b(?! page)/iu,
  ru: /блокир(?!овщик\p{L}* рекламы)/iu,
  kk: /бұғатта/iu,
} satisfies Record<Lang, RegExp>
const MAY_SAY_BLOCKING: ReadonlySet<string> = new Set([
  'chronicle.word.blocking',
  'demand.word.blocking',
  'word.blocking',
  'weigh.grounds', // said only of the word `blocking`
  'incident.verdict.blocking', // said only of the word `blocking`
  'incident.verdict-short.blocking',
  // What nobody is to write, with the reason.
  'incident.not-cause',
  'incident.not-enough',
  'incident.not-proved.blocking',
  'incident.not-probability.interference',
  'incident.not-whole',
  'incident.not-shut',
  'incident.not-withdrawn',
  'incident.term.blocking', // the word, explained
  'incident.term.blocking-means',
  'claim-reason.cause-blocking', // the incidents of a claim have that word
  'claim-reason.causes-differ', // denies it
  'method.word', // the rule of the word, explained
  'method.word.blocking',
  'full.word.blocking',
])

/** Keys whose sentences quote a speaker of the record by role. What speakers said stands in data/, not in a catalogue. */
const QUOTES: ReadonlySet<string> = new Set<string>([])

/**
 * Documents of a case: they name the bodies that they are addressed to, and ask a court or the Committee for something.
 * That they accuse none is tested with the documents.
 */
const OF_DOCUMENTS = /^(?:document|court-claim|communication|act-request|submission)\./

/** Words of a sentence that look like an accusation and are none there, by its key. */
const INNOCENT: Readonly<Record<string, readonly RegExp[]>> = {
  // A certificate on the reader's own device that anybody had them install: an employer, a school, somebody at home.
  'letter.safety.root.reads': [/біреудің талабымен/iu],
}

/** `{authority}` is a time-stamping service or a basis that is inserted, no word of the sentence. */
const accuses = (lang: Lang, text: string, key = ''): boolean => {
  let words = text.replaceAll('{authority}', '')
  for (const innocent of INNOCENT[key] ?? []) words = words.replace(innocent, '')
  return (!OF_DOCUMENTS.test(key) && ORDERED[lang].test(words)) || ACTOR[lang].test(words)
}

/** What must be found: one planted sentence for each thing a sentence may not say. */
const PLANTED = {
  en: [
    'YouTube was blocked by Kazakhtelecom',
    'Access was restricted by the operator',
    'The provider blocks the service',
    'Operators have throttled it',
    '{network} blocked {service}',
    'AS9198 is blocking {service}',
    'restricted at the request of the Ministry of Information',
    'by decision of the government',
    'The State Technical Service switched it off',
    'The KNB knows why',
    'while the president spoke',
    'it was done on orders',
    'a deliberate restriction',
    'the regulator explains',
    'at the initiative of an agency',
    'the police switched it off',
    'Kazakhtelecom is behind this',
  ],
  ru: [
    'Сервис заблокирован провайдером',
    'Доступ ограничен оператором связи',
    'Провайдер блокирует сервис',
    'Операторы замедлили сервис',
    '{network} ограничивает {service}',
    'по приказу сверху',
    'по распоряжению ведомства',
    'по решению комиссии',
    'Министр отдал команду',
    'Правительство закрыло доступ',
    'КНБ отключил связь',
    'Государственная техническая служба',
    'во время речи президента',
    'власти закрыли доступ',
    'умышленное ограничение',
    'по инициативе ведомства',
    'за дело взялись силовики',
    'Казахтелеком стоит за этим',
  ],
  kk: [
    'Провайдер сервисті бұғаттады',
    'Оператор қолжетімділікті шектеді',
    'Сервис оператор тарапынан тоқтатылды',
    '{network} сервисті бұғаттап тұр',
    'жоғарының бұйрығымен жабылды',
    'үкіметтің шешімі',
    'министрліктің тапсырмасы',
    'ҰҚК байланысты тоқтатты',
    'Мемлекеттік техникалық қызмет',
    'президент сөйлеген кезде',
    'билік қолжетімділікті жапты',
    'әдейі шектелген',
    'ведомствоның бастамасымен',
    'мұның артында Казахтелеком тұр',
    'кінәлі: оператор',
  ],
} satisfies Record<Lang, readonly string[]>

/** What a measurement may say. */
const ALLOWED = {
  en: [
    'The exchange breaks off on the path of AS9198.',
    'Access was interfered with on the network {network}.',
    'TLS: silence, by name',
    'fault in the network of the provider',
    'The measurements do not show who acted.',
    'Each layer separately, in the order in which a connection passes through them.',
  ],
  ru: [
    'Обмен обрывается на пути AS9198.',
    'Сеть: {network}. Доступ ограничен.',
    'сбой в сети провайдера',
    'Административный процедурно-процессуальный кодекс',
    'Кто действовал, измерения не показывают.',
  ],
  kk: [
    'Алмасу AS9198 жолында үзіледі.',
    'Желі: {network}. Қолжетімділік шектелген.',
    'провайдер желісінің ақауы',
    'Өлшемдер кім жасағанын көрсетпейді.',
  ],
} satisfies Record<Lang, readonly string[]>

/** A letter by its name, or that somebody puts a name under one. */
const LETTER = {
  en: /\b(open letter|sign (the|our|a) )/iu,
  ru: /(открыт\p{L}+ письм|подпи(ши|сыва)\p{L}*(те)? (письмо|обращени))/iu,
  kk: /(ашық хат|хатқа қол)/iu,
} satisfies Record<Lang, RegExp>
/** What the law knows by this name a letter is not. */
const PETITION = { en: /\bpetition/iu, ru: /петици/iu, kk: /петиция/iu } satisfies Record<Lang, RegExp>
/** A sentence that calls for something. */
const CALL = {
  en: /\b(sign up|join (us|the)|support (us|the (letter|demand|call))|donat|we (demand|call (on|for)|urge)|protests? (against|now)|share this (letter|call))/iu,
  ru: /(присоединя|поддержи(те)?(?!\p{L})|пожертв|(мы )?(требуем|призываем)|протест(уй|овать))/iu,
  kk: /(қосылыңыз|қолдаңыз|қайырмалдық|талап етеміз|шақырамыз|наразылық)/iu,
} satisfies Record<Lang, RegExp>
const CALLS = {
  en: ['Sign the letter', 'an open letter asks for it', 'We demand that it ends', 'Support the call', 'Donate'],
  ru: ['Подпишите обращение', 'есть открытое письмо', 'Мы требуем прекратить', 'Поддержите нас', 'Петиция'],
  kk: ['Хатқа қол қойыңыз', 'ашық хат бар', 'Тоқтатуды талап етеміз', 'Бізді қолдаңыз', 'Петиция'],
} satisfies Record<Lang, readonly string[]>

/** Areas of the service of letters and of what it hands over. It calls for nothing of its own: a letter has its own words. */
const OF_LETTERS = /^(?:letter|handover)\./
/** There it is said that a letter is no petition, and where one is filed. */
const MAY_SAY_PETITION: ReadonlySet<string> = new Set(['letter.law.not.paper', 'letter.law.second.portal'])

function campaigns(lang: Lang, text: string, key = ''): boolean {
  if (!OF_DOCUMENTS.test(key) && CALL[lang].test(text)) return true
  if (PETITION[lang].test(text) && !MAY_SAY_PETITION.has(key)) return true
  return LETTER[lang].test(text) && !OF_LETTERS.test(key)
}

/** The service of letters, its commands, and the printed list of those who signed. */
const SAYS_LETTERS = /^src\/(?:letter|(?:app|cli)\/letter|core\/text)\//
/** A key of those areas, or the beginning of one to which a program adds the rest. */
const LETTER_KEYS = Object.keys(CATALOGUE.en).filter((key) => OF_LETTERS.test(key))
const lettersSaidIn = (text: string): readonly string[] =>
  [...text.matchAll(/['"`]((?:letter|handover)\.[\w.-]*)/g)]
    .map(([, said = '']) => said)
    .filter((said) => LETTER_KEYS.some((key) => key.startsWith(said)))

describe('no sentence campaigns', () => {
  for (const lang of LANGS)
    it(`in ${lang}, in any area; and one that did would be found`, () => {
      for (const text of CALLS[lang]) assert.ok(campaigns(lang, text), text)
      assert.deepEqual(
        Object.entries(CATALOGUE[lang]).filter(([key, text]) => campaigns(lang, text, key)),
        [],
      )
    })

  it('what the service of letters says is said nowhere else, by no page of the observatory', () => {
    assert.deepEqual(lettersSaidIn("say(lang, 'letter.one'), say(lang, `letter.law.${kind}`), './letter.ts'"), [
      'letter.one',
      'letter.law.',
    ])
    const elsewhere = listFiles('src')
      .filter((path) => path.endsWith('.ts') && !SAYS_LETTERS.test(path))
      .flatMap((path) => lettersSaidIn(readSource(path).text).map((key) => `${path}: ${key}`))
    assert.deepEqual(elsewhere, [])
  })
})

describe('no sentence names who ordered or who blocks', () => {
  for (const lang of LANGS) {
    it(`in ${lang}, in any area`, () => {
      const found = Object.entries(CATALOGUE[lang]).filter(
        ([key, text]) => !QUOTES.has(key) && accuses(lang, text, key),
      )
      assert.deepEqual(found, [])
    })

    it(`in ${lang} the word blocking stands only where the word rule gave it`, () => {
      const found = Object.entries(CATALOGUE[lang]).filter(
        ([key, text]) => !MAY_SAY_BLOCKING.has(key) && WORD[lang].test(text),
      )
      assert.deepEqual(found, [])
    })

    it(`in ${lang} planted sentences are found, each of them`, () => {
      for (const text of PLANTED[lang]) assert.ok(accuses(lang, text), text)
    })

    it(`in ${lang} what a measurement may say is not found`, () => {
      for (const text of ALLOWED[lang]) assert.ok(!accuses(lang, text), text)
    })
  }

  it('every exception is a key that exists', () => {
    for (const key of [...MAY_SAY_BLOCKING, ...MAY_SAY_PETITION, ...QUOTES, ...Object.keys(INNOCENT)])
      assert.ok(key in CATALOGUE.en, key)
  })
})
