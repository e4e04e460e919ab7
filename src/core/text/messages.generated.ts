// Written by `npm run messages` from messages/: change those, not this file.

import kkActRequest from '../../../messages/kk/act-request.json' with { type: 'json' }
import kkAlone from '../../../messages/kk/alone.json' with { type: 'json' }
import kkBoard from '../../../messages/kk/board.json' with { type: 'json' }
import kkBundle from '../../../messages/kk/bundle.json' with { type: 'json' }
import kkBundleOrder from '../../../messages/kk/bundle-order.json' with { type: 'json' }
import kkCard from '../../../messages/kk/card.json' with { type: 'json' }
import kkCasework from '../../../messages/kk/casework.json' with { type: 'json' }
import kkCause from '../../../messages/kk/cause.json' with { type: 'json' }
import kkCoincide from '../../../messages/kk/coincide.json' with { type: 'json' }
import kkCommunication from '../../../messages/kk/communication.json' with { type: 'json' }
import kkCopy from '../../../messages/kk/copy.json' with { type: 'json' }
import kkCourtClaim from '../../../messages/kk/court-claim.json' with { type: 'json' }
import kkCrowd from '../../../messages/kk/crowd.json' with { type: 'json' }
import kkDataset from '../../../messages/kk/dataset.json' with { type: 'json' }
import kkDate from '../../../messages/kk/date.json' with { type: 'json' }
import kkDoctor from '../../../messages/kk/doctor.json' with { type: 'json' }
import kkDocument from '../../../messages/kk/document.json' with { type: 'json' }
import kkEdition from '../../../messages/kk/edition.json' with { type: 'json' }
import kkEpisode from '../../../messages/kk/episode.json' with { type: 'json' }
import kkExplore from '../../../messages/kk/explore.json' with { type: 'json' }
import kkFact from '../../../messages/kk/fact.json' with { type: 'json' }
import kkFailure from '../../../messages/kk/failure.json' with { type: 'json' }
import kkFeed from '../../../messages/kk/feed.json' with { type: 'json' }
import kkGaps from '../../../messages/kk/gaps.json' with { type: 'json' }
import kkGate from '../../../messages/kk/gate.json' with { type: 'json' }
import kkGuide from '../../../messages/kk/guide.json' with { type: 'json' }
import kkHandover from '../../../messages/kk/handover.json' with { type: 'json' }
import kkHealth from '../../../messages/kk/health.json' with { type: 'json' }
import kkIncident from '../../../messages/kk/incident.json' with { type: 'json' }
import kkJoinPage from '../../../messages/kk/join-page.json' with { type: 'json' }
import kkLetter from '../../../messages/kk/letter.json' with { type: 'json' }
import kkLetterPage from '../../../messages/kk/letter-page.json' with { type: 'json' }
import kkMap from '../../../messages/kk/map.json' with { type: 'json' }
import kkMine from '../../../messages/kk/mine.json' with { type: 'json' }
import kkNews from '../../../messages/kk/news.json' with { type: 'json' }
import kkNotTaken from '../../../messages/kk/not-taken.json' with { type: 'json' }
import kkPage from '../../../messages/kk/page.json' with { type: 'json' }
import kkPaper from '../../../messages/kk/paper.json' with { type: 'json' }
import kkPhone from '../../../messages/kk/phone.json' with { type: 'json' }
import kkPlace from '../../../messages/kk/place.json' with { type: 'json' }
import kkProbe from '../../../messages/kk/probe.json' with { type: 'json' }
import kkProbeJoin from '../../../messages/kk/probe-join.json' with { type: 'json' }
import kkProbePage from '../../../messages/kk/probe-page.json' with { type: 'json' }
import kkProof from '../../../messages/kk/proof.json' with { type: 'json' }
import kkProofPage from '../../../messages/kk/proof-page.json' with { type: 'json' }
import kkRecord from '../../../messages/kk/record.json' with { type: 'json' }
import kkRegion from '../../../messages/kk/region.json' with { type: 'json' }
import kkReport from '../../../messages/kk/report.json' with { type: 'json' }
import kkReview from '../../../messages/kk/review.json' with { type: 'json' }
import kkSay from '../../../messages/kk/say.json' with { type: 'json' }
import kkSearch from '../../../messages/kk/search.json' with { type: 'json' }
import kkSite from '../../../messages/kk/site.json' with { type: 'json' }
import kkStory from '../../../messages/kk/story.json' with { type: 'json' }
import kkSubmission from '../../../messages/kk/submission.json' with { type: 'json' }
import kkSubscribe from '../../../messages/kk/subscribe.json' with { type: 'json' }
import kkTake from '../../../messages/kk/take.json' with { type: 'json' }
import kkValidation from '../../../messages/kk/validation.json' with { type: 'json' }
import kkVerdict from '../../../messages/kk/verdict.json' with { type: 'json' }
import ruActRequest from '../../../messages/ru/act-request.json' with { type: 'json' }
import ruAlone from '../../../messages/ru/alone.json' with { type: 'json' }
import ruBoard from '../../../messages/ru/board.json' with { type: 'json' }
import ruBundle from '../../../messages/ru/bundle.json' with { type: 'json' }
import ruBundleOrder from '../../../messages/ru/bundle-order.json' with { type: 'json' }
import ruCard from '../../../messages/ru/card.json' with { type: 'json' }
import ruCasework from '../../../messages/ru/casework.json' with { type: 'json' }
import ruCause from '../../../messages/ru/cause.json' with { type: 'json' }
import ruCoincide from '../../../messages/ru/coincide.json' with { type: 'json' }
import ruCommunication from '../../../messages/ru/communication.json' with { type: 'json' }
import ruCopy from '../../../messages/ru/copy.json' with { type: 'json' }
import ruCourtClaim from '../../../messages/ru/court-claim.json' with { type: 'json' }
import ruCrowd from '../../../messages/ru/crowd.json' with { type: 'json' }
import ruDataset from '../../../messages/ru/dataset.json' with { type: 'json' }
import ruDate from '../../../messages/ru/date.json' with { type: 'json' }
import ruDoctor from '../../../messages/ru/doctor.json' with { type: 'json' }
import ruDocument from '../../../messages/ru/document.json' with { type: 'json' }
import ruEdition from '../../../messages/ru/edition.json' with { type: 'json' }
import ruEpisode from '../../../messages/ru/episode.json' with { type: 'json' }
import ruExplore from '../../../messages/ru/explore.json' with { type: 'json' }
import ruFact from '../../../messages/ru/fact.json' with { type: 'json' }
import ruFailure from '../../../messages/ru/failure.json' with { type: 'json' }
import ruFeed from '../../../messages/ru/feed.json' with { type: 'json' }
import ruGaps from '../../../messages/ru/gaps.json' with { type: 'json' }
import ruGate from '../../../messages/ru/gate.json' with { type: 'json' }
import ruGuide from '../../../messages/ru/guide.json' with { type: 'json' }
import ruHandover from '../../../messages/ru/handover.json' with { type: 'json' }
import ruHealth from '../../../messages/ru/health.json' with { type: 'json' }
import ruIncident from '../../../messages/ru/incident.json' with { type: 'json' }
import ruJoinPage from '../../../messages/ru/join-page.json' with { type: 'json' }
import ruLetter from '../../../messages/ru/letter.json' with { type: 'json' }
import ruLetterPage from '../../../messages/ru/letter-page.json' with { type: 'json' }
import ruMap from '../../../messages/ru/map.json' with { type: 'json' }
import ruMine from '../../../messages/ru/mine.json' with { type: 'json' }
import ruNews from '../../../messages/ru/news.json' with { type: 'json' }
import ruNotTaken from '../../../messages/ru/not-taken.json' with { type: 'json' }
import ruPage from '../../../messages/ru/page.json' with { type: 'json' }
import ruPaper from '../../../messages/ru/paper.json' with { type: 'json' }
import ruPhone from '../../../messages/ru/phone.json' with { type: 'json' }
import ruPlace from '../../../messages/ru/place.json' with { type: 'json' }
import ruProbe from '../../../messages/ru/probe.json' with { type: 'json' }
import ruProbeJoin from '../../../messages/ru/probe-join.json' with { type: 'json' }
import ruProbePage from '../../../messages/ru/probe-page.json' with { type: 'json' }
import ruProof from '../../../messages/ru/proof.json' with { type: 'json' }
import ruProofPage from '../../../messages/ru/proof-page.json' with { type: 'json' }
import ruRecord from '../../../messages/ru/record.json' with { type: 'json' }
import ruRegion from '../../../messages/ru/region.json' with { type: 'json' }
import ruReport from '../../../messages/ru/report.json' with { type: 'json' }
import ruReview from '../../../messages/ru/review.json' with { type: 'json' }
import ruSay from '../../../messages/ru/say.json' with { type: 'json' }
import ruSearch from '../../../messages/ru/search.json' with { type: 'json' }
import ruSite from '../../../messages/ru/site.json' with { type: 'json' }
import ruStory from '../../../messages/ru/story.json' with { type: 'json' }
import ruSubmission from '../../../messages/ru/submission.json' with { type: 'json' }
import ruSubscribe from '../../../messages/ru/subscribe.json' with { type: 'json' }
import ruTake from '../../../messages/ru/take.json' with { type: 'json' }
import ruValidation from '../../../messages/ru/validation.json' with { type: 'json' }
import ruVerdict from '../../../messages/ru/verdict.json' with { type: 'json' }
import enActRequest from '../../../messages/en/act-request.json' with { type: 'json' }
import enAlone from '../../../messages/en/alone.json' with { type: 'json' }
import enBoard from '../../../messages/en/board.json' with { type: 'json' }
import enBundle from '../../../messages/en/bundle.json' with { type: 'json' }
import enBundleOrder from '../../../messages/en/bundle-order.json' with { type: 'json' }
import enCard from '../../../messages/en/card.json' with { type: 'json' }
import enCasework from '../../../messages/en/casework.json' with { type: 'json' }
import enCause from '../../../messages/en/cause.json' with { type: 'json' }
import enCoincide from '../../../messages/en/coincide.json' with { type: 'json' }
import enCommunication from '../../../messages/en/communication.json' with { type: 'json' }
import enCopy from '../../../messages/en/copy.json' with { type: 'json' }
import enCourtClaim from '../../../messages/en/court-claim.json' with { type: 'json' }
import enCrowd from '../../../messages/en/crowd.json' with { type: 'json' }
import enDataset from '../../../messages/en/dataset.json' with { type: 'json' }
import enDate from '../../../messages/en/date.json' with { type: 'json' }
import enDoctor from '../../../messages/en/doctor.json' with { type: 'json' }
import enDocument from '../../../messages/en/document.json' with { type: 'json' }
import enEdition from '../../../messages/en/edition.json' with { type: 'json' }
import enEpisode from '../../../messages/en/episode.json' with { type: 'json' }
import enExplore from '../../../messages/en/explore.json' with { type: 'json' }
import enFact from '../../../messages/en/fact.json' with { type: 'json' }
import enFailure from '../../../messages/en/failure.json' with { type: 'json' }
import enFeed from '../../../messages/en/feed.json' with { type: 'json' }
import enGaps from '../../../messages/en/gaps.json' with { type: 'json' }
import enGate from '../../../messages/en/gate.json' with { type: 'json' }
import enGuide from '../../../messages/en/guide.json' with { type: 'json' }
import enHandover from '../../../messages/en/handover.json' with { type: 'json' }
import enHealth from '../../../messages/en/health.json' with { type: 'json' }
import enIncident from '../../../messages/en/incident.json' with { type: 'json' }
import enJoinPage from '../../../messages/en/join-page.json' with { type: 'json' }
import enLetter from '../../../messages/en/letter.json' with { type: 'json' }
import enLetterPage from '../../../messages/en/letter-page.json' with { type: 'json' }
import enMap from '../../../messages/en/map.json' with { type: 'json' }
import enMine from '../../../messages/en/mine.json' with { type: 'json' }
import enNews from '../../../messages/en/news.json' with { type: 'json' }
import enNotTaken from '../../../messages/en/not-taken.json' with { type: 'json' }
import enPage from '../../../messages/en/page.json' with { type: 'json' }
import enPaper from '../../../messages/en/paper.json' with { type: 'json' }
import enPhone from '../../../messages/en/phone.json' with { type: 'json' }
import enPlace from '../../../messages/en/place.json' with { type: 'json' }
import enProbe from '../../../messages/en/probe.json' with { type: 'json' }
import enProbeJoin from '../../../messages/en/probe-join.json' with { type: 'json' }
import enProbePage from '../../../messages/en/probe-page.json' with { type: 'json' }
import enProof from '../../../messages/en/proof.json' with { type: 'json' }
import enProofPage from '../../../messages/en/proof-page.json' with { type: 'json' }
import enRecord from '../../../messages/en/record.json' with { type: 'json' }
import enRegion from '../../../messages/en/region.json' with { type: 'json' }
import enReport from '../../../messages/en/report.json' with { type: 'json' }
import enReview from '../../../messages/en/review.json' with { type: 'json' }
import enSay from '../../../messages/en/say.json' with { type: 'json' }
import enSearch from '../../../messages/en/search.json' with { type: 'json' }
import enSite from '../../../messages/en/site.json' with { type: 'json' }
import enStory from '../../../messages/en/story.json' with { type: 'json' }
import enSubmission from '../../../messages/en/submission.json' with { type: 'json' }
import enSubscribe from '../../../messages/en/subscribe.json' with { type: 'json' }
import enTake from '../../../messages/en/take.json' with { type: 'json' }
import enValidation from '../../../messages/en/validation.json' with { type: 'json' }
import enVerdict from '../../../messages/en/verdict.json' with { type: 'json' }

/** What a placeholder may hold: a word, or a number whose form no other word depends on. */
type Value = string | number

/** The messages by language and area. */
export const AREAS = {
  kk: {
    'act-request': kkActRequest,
    'alone': kkAlone,
    'board': kkBoard,
    'bundle': kkBundle,
    'bundle-order': kkBundleOrder,
    'card': kkCard,
    'casework': kkCasework,
    'cause': kkCause,
    'coincide': kkCoincide,
    'communication': kkCommunication,
    'copy': kkCopy,
    'court-claim': kkCourtClaim,
    'crowd': kkCrowd,
    'dataset': kkDataset,
    'date': kkDate,
    'doctor': kkDoctor,
    'document': kkDocument,
    'edition': kkEdition,
    'episode': kkEpisode,
    'explore': kkExplore,
    'fact': kkFact,
    'failure': kkFailure,
    'feed': kkFeed,
    'gaps': kkGaps,
    'gate': kkGate,
    'guide': kkGuide,
    'handover': kkHandover,
    'health': kkHealth,
    'incident': kkIncident,
    'join-page': kkJoinPage,
    'letter': kkLetter,
    'letter-page': kkLetterPage,
    'map': kkMap,
    'mine': kkMine,
    'news': kkNews,
    'not-taken': kkNotTaken,
    'page': kkPage,
    'paper': kkPaper,
    'phone': kkPhone,
    'place': kkPlace,
    'probe': kkProbe,
    'probe-join': kkProbeJoin,
    'probe-page': kkProbePage,
    'proof': kkProof,
    'proof-page': kkProofPage,
    'record': kkRecord,
    'region': kkRegion,
    'report': kkReport,
    'review': kkReview,
    'say': kkSay,
    'search': kkSearch,
    'site': kkSite,
    'story': kkStory,
    'submission': kkSubmission,
    'subscribe': kkSubscribe,
    'take': kkTake,
    'validation': kkValidation,
    'verdict': kkVerdict,
  },
  ru: {
    'act-request': ruActRequest,
    'alone': ruAlone,
    'board': ruBoard,
    'bundle': ruBundle,
    'bundle-order': ruBundleOrder,
    'card': ruCard,
    'casework': ruCasework,
    'cause': ruCause,
    'coincide': ruCoincide,
    'communication': ruCommunication,
    'copy': ruCopy,
    'court-claim': ruCourtClaim,
    'crowd': ruCrowd,
    'dataset': ruDataset,
    'date': ruDate,
    'doctor': ruDoctor,
    'document': ruDocument,
    'edition': ruEdition,
    'episode': ruEpisode,
    'explore': ruExplore,
    'fact': ruFact,
    'failure': ruFailure,
    'feed': ruFeed,
    'gaps': ruGaps,
    'gate': ruGate,
    'guide': ruGuide,
    'handover': ruHandover,
    'health': ruHealth,
    'incident': ruIncident,
    'join-page': ruJoinPage,
    'letter': ruLetter,
    'letter-page': ruLetterPage,
    'map': ruMap,
    'mine': ruMine,
    'news': ruNews,
    'not-taken': ruNotTaken,
    'page': ruPage,
    'paper': ruPaper,
    'phone': ruPhone,
    'place': ruPlace,
    'probe': ruProbe,
    'probe-join': ruProbeJoin,
    'probe-page': ruProbePage,
    'proof': ruProof,
    'proof-page': ruProofPage,
    'record': ruRecord,
    'region': ruRegion,
    'report': ruReport,
    'review': ruReview,
    'say': ruSay,
    'search': ruSearch,
    'site': ruSite,
    'story': ruStory,
    'submission': ruSubmission,
    'subscribe': ruSubscribe,
    'take': ruTake,
    'validation': ruValidation,
    'verdict': ruVerdict,
  },
  en: {
    'act-request': enActRequest,
    'alone': enAlone,
    'board': enBoard,
    'bundle': enBundle,
    'bundle-order': enBundleOrder,
    'card': enCard,
    'casework': enCasework,
    'cause': enCause,
    'coincide': enCoincide,
    'communication': enCommunication,
    'copy': enCopy,
    'court-claim': enCourtClaim,
    'crowd': enCrowd,
    'dataset': enDataset,
    'date': enDate,
    'doctor': enDoctor,
    'document': enDocument,
    'edition': enEdition,
    'episode': enEpisode,
    'explore': enExplore,
    'fact': enFact,
    'failure': enFailure,
    'feed': enFeed,
    'gaps': enGaps,
    'gate': enGate,
    'guide': enGuide,
    'handover': enHandover,
    'health': enHealth,
    'incident': enIncident,
    'join-page': enJoinPage,
    'letter': enLetter,
    'letter-page': enLetterPage,
    'map': enMap,
    'mine': enMine,
    'news': enNews,
    'not-taken': enNotTaken,
    'page': enPage,
    'paper': enPaper,
    'phone': enPhone,
    'place': enPlace,
    'probe': enProbe,
    'probe-join': enProbeJoin,
    'probe-page': enProbePage,
    'proof': enProof,
    'proof-page': enProofPage,
    'record': enRecord,
    'region': enRegion,
    'report': enReport,
    'review': enReview,
    'say': enSay,
    'search': enSearch,
    'site': enSite,
    'story': enStory,
    'submission': enSubmission,
    'subscribe': enSubscribe,
    'take': enTake,
    'validation': enValidation,
    'verdict': enVerdict,
  },
} as const

/** Placeholders of every message that has some, from the English one. */
export interface Placeholders {
  'about.confirmed': { readonly date: Value }
  'alone.against.apart': { readonly count: Value; readonly reachable: Value }
  'alone.against.devices': { readonly count: Value; readonly total: Value }
  'alone.against.halved': { readonly count: Value; readonly list: Value; readonly total: Value }
  'alone.against.line': { readonly count: Value }
  'alone.against.missing': { readonly count: Value; readonly list: Value; readonly total: Value }
  'alone.against.opened': { readonly count: Value; readonly total: Value }
  'alone.chart-alt': { readonly inconclusive: Value; readonly interfered: Value; readonly reachable: Value; readonly step: Value; readonly total: Value; readonly unreachable: Value }
  'alone.chosen.period': { readonly since: Value; readonly until: Value }
  'alone.finding': { readonly total: Value }
  'alone.first': { readonly zone: Value }
  'alone.heading': { readonly dates: Value; readonly network: Value; readonly service: Value }
  'alone.last': { readonly zone: Value }
  'alone.method': { readonly folder: Value }
  'alone.networks': { readonly count: Value }
  'alone.services': { readonly count: Value }
  'alone.too-many': { readonly count: Value; readonly file: Value }
  'alone.unjudged': { readonly count: Value }
  'annexes.count': { readonly count: Value; readonly pages: Value }
  'board.all.fault': { readonly service: Value }
  'board.all.fault-many': { readonly services: Value }
  'board.all.part': { readonly service: Value }
  'board.all.part-many': { readonly services: Value }
  'board.all.shut': { readonly service: Value }
  'board.all.shut-many': { readonly services: Value }
  'board.all.slow': { readonly service: Value }
  'board.all.slow-many': { readonly services: Value }
  'board.as-of': { readonly date: Value; readonly time: Value }
  'board.count-measurements': { readonly count: Value }
  'board.days-here': { readonly network: Value }
  'board.days.none': { readonly length: Value }
  'board.days.part': { readonly count: number }
  'board.days.shut': { readonly count: number }
  'board.days.sliver': { readonly length: Value }
  'board.days.slow': { readonly count: number }
  'board.devices': { readonly count: Value; readonly total: Value }
  'board.here.fault': { readonly service: Value }
  'board.here.fault-many': { readonly services: Value }
  'board.here.part': { readonly service: Value }
  'board.here.part-many': { readonly services: Value }
  'board.here.shut': { readonly service: Value }
  'board.here.shut-many': { readonly services: Value }
  'board.here.slow': { readonly service: Value }
  'board.here.slow-many': { readonly services: Value }
  'board.last': { readonly at: Value }
  'board.networks': { readonly count: Value; readonly total: Value }
  'board.networks-count': { readonly count: Value }
  'board.of-incidents': { readonly count: Value; readonly total: Value }
  'board.shut-elsewhere': { readonly services: Value }
  'board.since': { readonly time: Value }
  'board.stale-about': { readonly at: Value }
  'board.support': { readonly support: Value }
  'board.title': { readonly services: Value }
  'board.undetermined': { readonly services: Value }
  'board.unmeasured': { readonly services: Value }
  'bundle-made.apart': { readonly count: Value }
  'bundle-made.changed': { readonly count: Value }
  'bundle-made.erased': { readonly count: Value }
  'bundle-made.key': { readonly key: Value }
  'bundle-made.list-hash': { readonly hash: Value }
  'bundle-made.measurements': { readonly count: Value }
  'bundle-made.size': { readonly files: Value; readonly megabytes: Value }
  'bundle-made.without': { readonly list: Value }
  'bundle-made.zip-hash': { readonly hash: Value }
  'bundle-order.before': { readonly count: Value }
  'bundle-order.later': { readonly minutes: Value }
  'bundle.fact.bag': { readonly date: Value; readonly name: Value }
  'bundle.fact.checkpoint': { readonly origin: Value; readonly size: Value }
  'bundle.fact.complete': { readonly held: Value; readonly named: Value }
  'bundle.fact.container': { readonly bytes: Value; readonly files: Value }
  'bundle.fact.cosigned': { readonly at: Value; readonly name: Value }
  'bundle.fact.custody': { readonly count: Value; readonly keys: Value }
  'bundle.fact.description': { readonly measurements: Value }
  'bundle.fact.events': { readonly count: Value }
  'bundle.fact.files': { readonly count: Value }
  'bundle.fact.incident': { readonly count: Value }
  'bundle.fact.inclusion': { readonly count: Value; readonly size: Value }
  'bundle.fact.list': { readonly count: Value }
  'bundle.fact.published': { readonly count: Value }
  'bundle.fact.seal': { readonly key: Value; readonly madeAt: Value }
  'bundle.fact.shown-no-longer': { readonly count: Value }
  'bundle.fact.signed-by': { readonly key: Value }
  'bundle.fact.since': { readonly at: Value }
  'bundle.fact.stamp': { readonly at: Value; readonly authority: Value; readonly root: Value; readonly sha256: Value; readonly size: Value }
  'bundle.fact.trusted-by': { readonly id: Value; readonly name: Value }
  'bundle.fact.verdicts': { readonly count: Value }
  'bundle.fact.weight': { readonly ratio: Value; readonly word: Value }
  'bundle.fact.withheld': { readonly count: Value; readonly measurements: Value; readonly opened: Value }
  'bundle.kilobytes': { readonly size: Value }
  'bundle.leaf': { readonly number: Value }
  'bundle.megabytes': { readonly size: Value }
  'bundle.more': { readonly count: Value }
  'bundle.no-trust': { readonly key: Value }
  'bundle.revision': { readonly number: Value }
  'bundle.title': { readonly name: Value }
  'bundle.wanting': { readonly count: Value }
  'bundle.withdrawn': { readonly file: Value }
  'card.at': { readonly at: Value; readonly offset: Value }
  'card.measurements': { readonly count: Value }
  'card.more-networks': { readonly count: Value }
  'card.networks': { readonly count: Value }
  'card.probes': { readonly count: Value }
  'card.revision': { readonly at: Value; readonly revision: Value }
  'card.revision-number': { readonly revision: Value }
  'card.support-fault': { readonly support: Value }
  'card.support-interference': { readonly support: Value }
  'casework.added': { readonly day: Value; readonly kind: Value; readonly record: Value }
  'casework.answered': { readonly count: Value }
  'casework.bundle-not-verified': { readonly reason: Value }
  'casework.bundle-wanting': { readonly steps: Value }
  'casework.check-wanting': { readonly steps: Value }
  'casework.deadline-from': { readonly day: Value; readonly start: Value }
  'casework.deadline-last': { readonly day: Value }
  'casework.deadline-open': { readonly day: Value }
  'casework.deadline-passed': { readonly day: Value }
  'casework.deadline-unsafe': { readonly day: Value }
  'casework.deadline-until': { readonly day: Value }
  'casework.incident': { readonly id: Value; readonly revision: Value }
  'casework.made': { readonly folder: Value }
  'casework.means-added': { readonly record: Value }
  'casework.mistaken': { readonly record: Value }
  'casework.no-reply-open': { readonly day: Value }
  'casework.no-reply-since': { readonly day: Value }
  'casework.order-written': { readonly file: Value }
  'casework.paper-aside': { readonly file: Value; readonly moved: Value }
  'casework.paper-blanks': { readonly blanks: Value; readonly file: Value }
  'casework.paper-long': { readonly file: Value; readonly most: Value; readonly pages: Value }
  'casework.paper-made': { readonly blanks: Value; readonly file: Value; readonly pages: Value }
  'casework.paper-no-pdf': { readonly missing: Value }
  'casework.paper-summary': { readonly above: Value; readonly file: Value; readonly most: Value }
  'casework.papers-none': { readonly command: Value }
  'casework.papers-older': { readonly changes: Value }
  'casework.questionnaire-answered': { readonly all: Value; readonly answered: Value }
  'casework.record-mistaken': { readonly why: Value }
  'casework.reply-until': { readonly day: Value }
  'casework.silence': { readonly day: Value }
  'casework.silence-early': { readonly day: Value }
  'casework.since-revised': { readonly revision: Value }
  'casework.since-unknown': { readonly command: Value }
  'cell.of': { readonly count: Value; readonly total: Value }
  'check.end-about.partly': { readonly services: Value }
  'check.end-about.same': { readonly services: Value }
  'check.end-about.service': { readonly services: Value }
  'check.end.same': { readonly time: Value }
  'check.of': { readonly count: Value; readonly total: Value }
  'check.of-measurements': { readonly count: Value; readonly total: Value }
  'chronicle.day': { readonly count: Value; readonly day: Value }
  'chronicle.days-more': { readonly count: Value }
  'chronicle.entries': { readonly count: Value }
  'chronicle.measured': { readonly count: Value }
  'chronicle.word.blocking': { readonly count: Value }
  'chronicle.word.fault': { readonly count: Value }
  'chronicle.word.insufficient': { readonly count: Value }
  'chronicle.word.not-determined': { readonly count: Value }
  'claims.count': { readonly count: Value; readonly finding: Value }
  'claims.incident': { readonly date: Value; readonly network: Value; readonly service: Value }
  'claims.more-incidents': { readonly count: Value }
  'claims.period': { readonly period: Value }
  'code.form-about': { readonly examples: Value }
  'code.revision-older': { readonly newest: Value }
  'code.service-page': { readonly service: Value }
  'code.title': { readonly code: Value }
  'coincide.at-least': { readonly value: Value }
  'coincide.bound': { readonly bound: Value }
  'coincide.count.appeal': { readonly count: Value }
  'coincide.count.called-protest': { readonly count: Value }
  'coincide.count.election': { readonly count: Value }
  'coincide.count.football': { readonly count: Value }
  'coincide.count.holiday': { readonly count: Value }
  'coincide.count.livestream': { readonly count: Value }
  'coincide.count.other': { readonly count: Value }
  'coincide.count.several': { readonly count: Value }
  'coincide.crossover': { readonly interval: Value; readonly p: Value; readonly value: Value }
  'coincide.crossover-plain': { readonly p: Value }
  'coincide.difference': { readonly interval: Value; readonly value: Value }
  'coincide.frozen': { readonly at: Value; readonly digest: Value }
  'coincide.frozen-events': { readonly count: Value; readonly tested: Value }
  'coincide.frozen-file': { readonly file: Value }
  'coincide.frozen-floors': { readonly level: Value; readonly linear: Value; readonly weeks: Value }
  'coincide.linear-day': { readonly floor: Value; readonly p: Value; readonly shifts: Value }
  'coincide.linear-week': { readonly floor: Value; readonly p: Value; readonly shifts: Value }
  'coincide.logged': { readonly leaf: Value; readonly origin: Value }
  'coincide.odds': { readonly interval: Value; readonly value: Value }
  'coincide.on-event': { readonly count: Value; readonly interval: Value; readonly total: Value }
  'coincide.on-matched': { readonly count: Value; readonly interval: Value; readonly total: Value }
  'coincide.onsets': { readonly count: Value }
  'coincide.open-starts': { readonly count: Value }
  'coincide.peak': { readonly hours: Value; readonly value: Value }
  'coincide.period': { readonly period: Value; readonly weeks: Value }
  'coincide.placebo': { readonly count: Value; readonly linear: Value; readonly weeks: Value }
  'coincide.power': { readonly count: Value; readonly effect: Value; readonly exact: Value; readonly runs: Value }
  'coincide.ratio': { readonly interval: Value; readonly value: Value }
  'coincide.sensitivity': { readonly linear: Value; readonly weeks: Value; readonly window: Value }
  'coincide.weak': { readonly floor: Value }
  'coincide.weeks': { readonly floor: Value; readonly p: Value }
  'coincide.window': { readonly window: Value }
  'coincide.without-hour': { readonly count: Value }
  'communication.anonymity': { readonly anonymity: Value; readonly notice: Value }
  'communication.ask.remedy': { readonly remedy: Value }
  'communication.ask.violation': { readonly expression: Value; readonly limits: Value }
  'communication.burden': { readonly burden: Value }
  'communication.interference': { readonly expression: Value }
  'communication.test-lead': { readonly limits: Value }
  'copy.age': { readonly days: Value; readonly hours: Value }
  'copy.more': { readonly count: Value }
  'copy.one-against': { readonly list: Value }
  'copy.one-by-hand': { readonly digest: Value; readonly program: Value; readonly said: Value }
  'copy.one-finished': { readonly days: Value }
  'copy.one-now-about': { readonly at: Value }
  'copy.one-state': { readonly networks: Value; readonly state: Value }
  'copy.signed-by': { readonly key: Value }
  'corrections.count': { readonly count: Value }
  'course.end': { readonly by: Value }
  'course.figure-about': { readonly zone: Value }
  'course.hours': { readonly hours: Value }
  'course.start': { readonly by: Value }
  'course.sum': { readonly open: Value; readonly total: Value }
  'course.title': { readonly date: Value }
  'course.window': { readonly number: Value }
  'crowd.tool.asking': { readonly all: Value; readonly done: Value }
  'crowd.tool.asking-again': { readonly all: Value; readonly done: Value }
  'crowd.tool.busy': { readonly seconds: Value }
  'crowd.tool.clause.mixed': { readonly count: Value; readonly of: Value }
  'crowd.tool.clause.opens': { readonly count: Value }
  'crowd.tool.clause.opens-one': { readonly count: Value }
  'crowd.tool.clause.people': { readonly count: Value }
  'crowd.tool.clause.people-open': { readonly count: Value }
  'crowd.tool.clause.same': { readonly count: Value; readonly time: Value }
  'crowd.tool.clause.same-one': { readonly count: Value; readonly time: Value }
  'crowd.tool.clause.same-one-undated': { readonly count: Value }
  'crowd.tool.clause.same-undated': { readonly count: Value }
  'crowd.tool.clause.some-same': { readonly services: Value }
  'crowd.tool.end.all-shut': { readonly here: Value; readonly others: Value }
  'crowd.tool.end.control': { readonly answered: Value; readonly silent: Value }
  'crowd.tool.end.here-named': { readonly network: Value }
  'crowd.tool.end.offline-answered': { readonly services: Value }
  'crowd.tool.end.one-shut': { readonly here: Value; readonly others: Value; readonly services: Value }
  'crowd.tool.end.one-shut-counted': { readonly all: Value; readonly here: Value; readonly open: Value; readonly others: Value; readonly services: Value }
  'crowd.tool.end.open': { readonly here: Value }
  'crowd.tool.end.page': { readonly services: Value }
  'crowd.tool.end.shut': { readonly here: Value; readonly others: Value; readonly services: Value }
  'crowd.tool.end.shut-counted': { readonly all: Value; readonly here: Value; readonly open: Value; readonly others: Value; readonly services: Value }
  'crowd.tool.end.slow': { readonly services: Value }
  'crowd.tool.end.some-open': { readonly all: Value; readonly here: Value; readonly open: Value }
  'crowd.tool.end.unclear': { readonly services: Value }
  'crowd.tool.end.unstable': { readonly services: Value }
  'crowd.tool.hour.checking': { readonly all: Value; readonly nth: Value }
  'crowd.tool.hour.done': { readonly all: Value; readonly count: Value }
  'crowd.tool.hour.ended': { readonly all: Value; readonly count: Value }
  'crowd.tool.hour.missed': { readonly count: Value }
  'crowd.tool.hour.networks': { readonly networks: Value }
  'crowd.tool.hour.next': { readonly left: Value; readonly next: Value }
  'crowd.tool.hour.strip': { readonly open: Value; readonly service: Value; readonly shut: Value; readonly unclear: Value }
  'crowd.tool.others.mixed': { readonly failing: Value; readonly of: Value; readonly service: Value }
  'crowd.tool.others.open': { readonly of: Value; readonly service: Value }
  'crowd.tool.others.people': { readonly people: Value; readonly service: Value }
  'crowd.tool.others.people-open': { readonly people: Value; readonly service: Value }
  'crowd.tool.others.same': { readonly failing: Value; readonly of: Value; readonly service: Value; readonly time: Value }
  'crowd.tool.others.same-undated': { readonly failing: Value; readonly of: Value; readonly service: Value }
  'crowd.tool.others.unknown': { readonly service: Value }
  'crowd.tool.pause': { readonly seconds: Value }
  'crowd.tool.save.link': { readonly name: Value }
  'crowd.tool.save.waiting': { readonly seconds: Value }
  'crowd.tool.took': { readonly seconds: Value }
  'crowd.tool.tries': { readonly count: Value; readonly seconds: Value }
  'curve.about': { readonly count: Value }
  'curve.alt': { readonly at: Value; readonly count: Value; readonly usual: Value }
  'curve.alt-lane': { readonly count: Value; readonly name: Value; readonly total: Value }
  'curve.alt-none': { readonly count: Value }
  'curve.band': { readonly days: Value }
  'curve.band-none': { readonly days: Value; readonly least: Value }
  'curve.chart': { readonly subject: Value }
  'curve.fewer': { readonly count: Value }
  'curve.up-to': { readonly high: Value }
  'dataset.kilobytes': { readonly value: Value }
  'dataset.megabytes': { readonly value: Value }
  'dataset.notebooks': { readonly incident: Value; readonly language: Value; readonly month: Value }
  'dataset.over': { readonly at: Value }
  'dataset.reason.changed': { readonly added: Value; readonly addedIncidents: Value; readonly changed: Value; readonly changedIncidents: Value; readonly removed: Value; readonly removedIncidents: Value }
  'dataset.running': { readonly at: Value }
  'dataset.version': { readonly at: Value; readonly version: Value }
  'date.about': { readonly count: Value; readonly days: Value; readonly probes: Value; readonly zone: Value }
  'date.alarm-unconfirmed': { readonly at: Value }
  'date.few-controls': { readonly count: Value }
  'date.ignored': { readonly columns: Value }
  'date.left-both': { readonly count: Value }
  'date.left-nothing': { readonly count: Value }
  'date.left-outage': { readonly count: Value }
  'date.left-uncontrolled': { readonly count: Value }
  'date.level-about': { readonly count: Value; readonly days: Value; readonly step: Value; readonly zone: Value }
  'date.level-controls': { readonly count: Value }
  'date.level-end': { readonly from: Value; readonly until: Value }
  'date.level-end-open': { readonly from: Value }
  'date.level-fall': { readonly lowest: Value; readonly median: Value }
  'date.level-none': { readonly share: Value }
  'date.level-start': { readonly from: Value; readonly until: Value }
  'date.level-start-open': { readonly until: Value }
  'date.set-aside': { readonly count: Value }
  'date.strip': { readonly length: Value }
  'days.chart': { readonly subject: Value }
  'days.restricted': { readonly count: Value; readonly total: Value }
  'demand.measured-until': { readonly at: Value }
  'demand.not-counted': { readonly insufficient: Value; readonly withdrawn: Value }
  'demand.open-edges': { readonly count: Value }
  'demand.period': { readonly since: Value; readonly until: Value }
  'doctor.backup.found': { readonly age: Value; readonly generation: Value; readonly target: Value }
  'doctor.backup.late': { readonly command: Value }
  'doctor.backup.no-keys': { readonly found: Value }
  'doctor.backup.no-keys-todo': { readonly option: Value }
  'doctor.backup.todo': { readonly page: Value }
  'doctor.centre.bad': { readonly host: Value; readonly path: Value; readonly status: Value }
  'doctor.centre.bad-todo': { readonly command: Value }
  'doctor.centre.good': { readonly host: Value }
  'doctor.centre.none-todo': { readonly option: Value }
  'doctor.centre.silent': { readonly host: Value }
  'doctor.certificate.found': { readonly count: Value }
  'doctor.clock.behind': { readonly newest: Value; readonly now: Value }
  'doctor.clock.behind-todo': { readonly option: Value }
  'doctor.clock.none-todo': { readonly first: Value; readonly second: Value }
  'doctor.data.found': { readonly age: Value; readonly at: Value }
  'doctor.data.old': { readonly found: Value }
  'doctor.data.todo': { readonly page: Value }
  'doctor.days': { readonly count: Value }
  'doctor.disk.days': { readonly count: Value }
  'doctor.disk.free': { readonly forecast: Value; readonly free: Value; readonly size: Value }
  'doctor.drill.failed': { readonly age: Value; readonly steps: Value }
  'doctor.drill.found': { readonly age: Value; readonly generation: Value }
  'doctor.drill.never': { readonly target: Value }
  'doctor.drill.todo': { readonly command: Value; readonly page: Value }
  'doctor.edge.erasures': { readonly count: Value }
  'doctor.edge.found': { readonly found: Value; readonly origin: Value }
  'doctor.edge.good': { readonly count: Value; readonly left: Value }
  'doctor.edge.missed': { readonly count: Value }
  'doctor.edge.missed-todo': { readonly command: Value }
  'doctor.edge.silent': { readonly age: Value; readonly count: Value }
  'doctor.edge.silent-todo': { readonly folder: Value }
  'doctor.edge.stuck': { readonly count: Value; readonly leaf: Value; readonly why: Value }
  'doctor.hours': { readonly count: Value }
  'doctor.keys.found': { readonly names: Value }
  'doctor.keys.todo': { readonly page: Value }
  'doctor.log.good': { readonly size: Value; readonly waiting: Value }
  'doctor.log.status': { readonly command: Value }
  'doctor.minutes': { readonly count: Value }
  'doctor.networks.good': { readonly count: Value }
  'doctor.networks.none': { readonly count: Value }
  'doctor.networks.none-todo': { readonly command: Value }
  'doctor.networks.silent': { readonly networks: Value }
  'doctor.networks.silent-one': { readonly age: Value; readonly network: Value }
  'doctor.operator.good': { readonly file: Value }
  'doctor.operator.missing': { readonly file: Value }
  'doctor.operator.todo': { readonly command: Value; readonly file: Value }
  'doctor.permissions.bad': { readonly files: Value }
  'doctor.permissions.bad-more': { readonly count: Value; readonly files: Value }
  'doctor.quorum.todo': { readonly command: Value }
  'doctor.seconds': { readonly count: Value }
  'doctor.shipping.behind': { readonly here: Value; readonly store: Value; readonly there: Value }
  'doctor.shipping.behind-todo': { readonly page: Value }
  'doctor.shipping.found': { readonly left: Value; readonly store: Value; readonly there: Value }
  'doctor.shipping.late': { readonly here: Value; readonly left: Value; readonly store: Value }
  'doctor.shipping.late-todo': { readonly command: Value }
  'doctor.shipping.unknown': { readonly found: Value }
  'doctor.shipping.versions': { readonly store: Value }
  'doctor.shipping.versions-todo': { readonly page: Value }
  'doctor.signing.bad': { readonly why: Value }
  'doctor.signing.good': { readonly generation: Value }
  'doctor.signing.todo': { readonly page: Value }
  'doctor.stamps.todo': { readonly page: Value }
  'doctor.witnesses.todo': { readonly page: Value }
  'document.sheet.about': { readonly file: Value }
  'edition.bundle-of': { readonly revision: Value }
  'edition.former': { readonly text: Value }
  'edition.later': { readonly count: Value }
  'edition.later-left-out': { readonly count: Value }
  'edition.later-withdrawn': { readonly count: Value }
  'edition.percent': { readonly value: Value }
  'edition.running': { readonly at: Value }
  'edition.simulated-present': { readonly at: Value }
  'edition.withdrawn-held': { readonly devices: Value; readonly later: Value; readonly passed: Value; readonly total: Value }
  'embed.as-of': { readonly at: Value }
  'embed.networks': { readonly open: Value; readonly total: Value }
  'embed.rest': { readonly count: Value }
  'embed.since': { readonly time: Value }
  'embed.title': { readonly topic: Value }
  'episode.bar': { readonly end: Value; readonly service: Value; readonly start: Value; readonly state: Value }
  'episode.incidents': { readonly count: Value }
  'episode.lane': { readonly list: Value; readonly network: Value }
  'episode.month': { readonly count: Value; readonly entries: Value; readonly month: Value }
  'episode.more-services': { readonly count: Value; readonly names: Value }
  'episode.not-certain': { readonly count: Value }
  'episode.not-country': { readonly networks: Value }
  'episode.now.partly-restricted': { readonly count: number }
  'episode.now.restricted': { readonly count: number }
  'episode.now.throttled': { readonly count: number }
  'episode.or': { readonly first: Value; readonly second: Value }
  'episode.part': { readonly total: Value }
  'episode.past.mixed': { readonly count: number }
  'episode.past.partly-restricted': { readonly count: number }
  'episode.past.restricted': { readonly count: number }
  'episode.past.throttled': { readonly count: number }
  'episode.quote.what': { readonly count: Value; readonly headline: Value; readonly networks: Value; readonly when: Value }
  'episode.source': { readonly at: Value; readonly id: Value }
  'episode.strength-range': { readonly from: Value; readonly least: Value; readonly most: Value; readonly until: Value }
  'episode.sure': { readonly count: Value; readonly total: Value; readonly verdict: Value }
  'episode.where-about': { readonly networks: Value; readonly services: Value }
  'exhibit.annex-files': { readonly count: Value }
  'exhibit.annex-group': { readonly file: Value }
  'exhibit.annexes-about': { readonly file: Value }
  'exhibit.axis': { readonly step: Value; readonly zone: Value }
  'exhibit.chart-alt': { readonly end: Value; readonly failed: Value; readonly start: Value; readonly step: Value; readonly total: Value }
  'exhibit.chart-alt-withdrawn': { readonly failed: Value; readonly step: Value; readonly total: Value }
  'exhibit.compared.comparison': { readonly name: Value }
  'exhibit.compared.network': { readonly name: Value }
  'exhibit.compared.service': { readonly name: Value }
  'exhibit.controls-canary': { readonly failed: Value; readonly total: Value }
  'exhibit.controls-pair': { readonly failed: Value; readonly total: Value }
  'exhibit.end': { readonly zone: Value }
  'exhibit.heading': { readonly date: Value; readonly headline: Value; readonly network: Value }
  'exhibit.held-roles': { readonly all: Value; readonly comparison: Value; readonly network: Value; readonly series: Value; readonly service: Value }
  'exhibit.home': { readonly offset: Value }
  'exhibit.more-against': { readonly count: Value; readonly file: Value }
  'exhibit.more-compared': { readonly count: Value }
  'exhibit.more-items': { readonly count: Value }
  'exhibit.more-items-in': { readonly file: Value }
  'exhibit.numbers': { readonly step: Value }
  'exhibit.questions': { readonly file: Value }
  'exhibit.start': { readonly zone: Value }
  'explore.alt': { readonly at: Value; readonly bins: Value; readonly known: Value; readonly most: Value; readonly name: Value }
  'explore.alt-none': { readonly name: Value }
  'explore.caption': { readonly count: Value; readonly days: Value }
  'explore.cell': { readonly count: Value; readonly devices: Value; readonly total: Value; readonly value: Value }
  'explore.cell-interval': { readonly count: Value; readonly devices: Value; readonly interval: Value; readonly total: Value; readonly value: Value }
  'explore.few': { readonly devices: Value; readonly rows: Value }
  'explore.none-about': { readonly since: Value; readonly until: Value }
  'fact.bypass.opens': { readonly address: Value }
  'fact.defect.known': { readonly defect: Value }
  'fact.dns.answered': { readonly name: Value }
  'fact.dns.bogon': { readonly address: Value; readonly name: Value }
  'fact.dns.cleared-by-certificate': { readonly address: Value; readonly name: Value }
  'fact.dns.control-answered': { readonly name: Value }
  'fact.dns.control-failed': { readonly failure: Value; readonly name: Value }
  'fact.dns.control-nxdomain': { readonly name: Value }
  'fact.dns.every-resolver-alike': { readonly failure: Value; readonly name: Value }
  'fact.dns.failed': { readonly failure: Value; readonly name: Value }
  'fact.dns.fingerprint': { readonly address: Value; readonly name: Value }
  'fact.dns.matches': { readonly name: Value }
  'fact.dns.other-resolver-answered': { readonly name: Value; readonly resolver: Value }
  'fact.dns.public-answer-differs': { readonly name: Value; readonly resolver: Value }
  'fact.dns.second-answer': { readonly name: Value }
  'fact.dns.second-resolver-alike': { readonly name: Value; readonly resolver: Value }
  'fact.dns.unmatched': { readonly address: Value; readonly name: Value }
  'fact.endpoints.failed': { readonly failed: Value; readonly part: Value; readonly tested: number }
  'fact.hop.later': { readonly hop: Value; readonly host: Value }
  'fact.hop.other-domain': { readonly host: Value }
  'fact.host.unverified': { readonly host: Value }
  'fact.http.answered': { readonly host: Value; readonly status: Value }
  'fact.http.challenge': { readonly host: Value }
  'fact.http.control-answered': { readonly status: Value }
  'fact.http.control-failed': { readonly failure: Value }
  'fact.http.control-first': { readonly status: Value }
  'fact.http.crossed-alike': { readonly host: Value }
  'fact.http.failed': { readonly failure: Value; readonly host: Value }
  'fact.http.fingerprint': { readonly fingerprint: Value }
  'fact.http.innocent-passed': { readonly host: Value }
  'fact.http.own-filter': { readonly fingerprint: Value }
  'fact.http.page-alike': { readonly host: Value }
  'fact.http.page-differs': { readonly host: Value }
  'fact.http.page-elsewhere': { readonly host: Value }
  'fact.http.redirected-elsewhere': { readonly host: Value; readonly location: Value }
  'fact.http.server-refuses': { readonly status: Value }
  'fact.line.abroad-filtered': { readonly abroad: Value; readonly home: Value; readonly tested: number }
  'fact.line.captive-portal': { readonly host: Value }
  'fact.line.clock': { readonly date: Value }
  'fact.line.clock-off': { readonly seconds: Value }
  'fact.line.network-stops': { readonly kilobytes: Value; readonly network: Value; readonly other: Value }
  'fact.line.own-failure': { readonly failure: Value }
  'fact.line.resolver-broken': { readonly failure: Value }
  'fact.line.unstable': { readonly failed: Value; readonly tested: number }
  'fact.pair.crossed-failed': { readonly address: Value; readonly name: Value }
  'fact.pair.crossed-passed': { readonly address: Value; readonly name: Value }
  'fact.pair.neighbour-passed': { readonly address: Value }
  'fact.pair.residual': { readonly address: Value }
  'fact.pair.rounds': { readonly failed: Value; readonly tested: number }
  'fact.provider.exchange-passed': { readonly name: Value }
  'fact.quic.completed': { readonly name: Value }
  'fact.quic.control-completed': { readonly name: Value }
  'fact.quic.control-failed': { readonly failure: Value; readonly name: Value }
  'fact.quic.failed': { readonly failure: Value; readonly name: Value }
  'fact.quic.innocent-failed': { readonly failure: Value; readonly name: Value }
  'fact.ratio.halved': { readonly why: Value }
  'fact.rows.contradict': { readonly name: Value }
  'fact.service.retired': { readonly name: Value }
  'fact.tcp.connected': { readonly address: Value; readonly port: Value }
  'fact.tcp.control-connected': { readonly address: Value; readonly port: Value }
  'fact.tcp.control-failed': { readonly address: Value; readonly failure: Value; readonly port: Value }
  'fact.tcp.failed': { readonly address: Value; readonly failure: Value; readonly port: Value }
  'fact.tcp.neighbour-connected': { readonly address: Value; readonly port: Value }
  'fact.tcp.neighbour-failed': { readonly address: Value; readonly failure: Value; readonly port: Value }
  'fact.tcp.one-place': { readonly address: Value }
  'fact.tcp.other-address-works': { readonly address: Value }
  'fact.throughput.down': { readonly name: Value; readonly rate: Value }
  'fact.throughput.innocent': { readonly name: Value; readonly rate: Value }
  'fact.throughput.plateau': { readonly rate: Value }
  'fact.throughput.up': { readonly name: Value; readonly rate: Value }
  'fact.tls.alert': { readonly name: Value }
  'fact.tls.certificate-expired': { readonly date: Value; readonly name: Value }
  'fact.tls.certificate-other-name': { readonly issuer: Value; readonly name: Value }
  'fact.tls.certificate-refused': { readonly failure: Value; readonly issuer: Value; readonly name: Value }
  'fact.tls.chain-trusted-today': { readonly issuer: Value; readonly name: Value }
  'fact.tls.closed': { readonly name: Value }
  'fact.tls.completed': { readonly name: Value }
  'fact.tls.control-assumed': { readonly name: Value }
  'fact.tls.control-completed': { readonly name: Value }
  'fact.tls.control-failed': { readonly failure: Value; readonly name: Value }
  'fact.tls.failed': { readonly failure: Value; readonly name: Value }
  'fact.tls.innocent-failed': { readonly failure: Value; readonly name: Value }
  'fact.tls.innocent-passed': { readonly order: 'earlier' | 'later' | 'other'; readonly seconds: Value }
  'fact.tls.interception-issuer': { readonly issuer: Value }
  'fact.tls.interception-issuer-expired': { readonly issuer: Value }
  'fact.tls.not-tls': { readonly name: Value }
  'fact.tls.other-chain-abroad': { readonly name: Value }
  'fact.tls.reset': { readonly name: Value }
  'fact.tls.same-chain-abroad': { readonly name: Value }
  'fact.tls.sibling-passed': { readonly name: Value }
  'fact.tls.silent': { readonly name: Value }
  'fact.tls.slow': { readonly name: Value; readonly seconds: Value }
  'fact.tunnel.completed': { readonly protocol: Value }
  'fact.tunnel.failed': { readonly failure: Value; readonly protocol: Value }
  'fact.tunnel.shaped-failed': { readonly failure: Value; readonly protocol: Value }
  'fact.tunnel.shaped-passed': { readonly protocol: Value }
  'fact.tunnel.stalled': { readonly progress: Value; readonly protocol: Value }
  'facts.incident': { readonly headline: Value; readonly network: Value; readonly number: Value }
  'facts.measured': { readonly date: Value; readonly end: Value; readonly headline: Value; readonly network: Value; readonly start: Value }
  'facts.said': { readonly when: Value; readonly who: Value; readonly words: Value }
  'facts.source': { readonly source: Value }
  'facts.source-archived': { readonly place: Value }
  'facts.source-published': { readonly date: Value }
  'feed.title-of': { readonly topic: Value }
  'first.last-days': { readonly count: number }
  'first.lead': { readonly count: Value; readonly days: Value }
  'first.matrix-more': { readonly count: Value }
  'first.restricted': { readonly count: Value; readonly total: Value }
  'first.service-latest': { readonly at: Value }
  'first.service-networks': { readonly count: Value; readonly total: Value }
  'frame.copy-live': { readonly address: Value }
  'frame.copy-made': { readonly at: Value }
  'full.cause.intervals': { readonly incidents: Value }
  'full.cause.propositions': { readonly causes: Value; readonly faults: Value; readonly interference: Value }
  'full.dates.draws': { readonly draws: Value }
  'full.incidents.alarm': { readonly clear: Value; readonly floorHours: Value; readonly probes: Value; readonly raise: Value }
  'full.incidents.floor': { readonly probes: Value; readonly witness: Value }
  'full.incidents.found': { readonly peak: Value }
  'full.incidents.one': { readonly withoutOne: Value }
  'full.list-checked': { readonly alive: Value; readonly day: Value; readonly hosts: Value }
  'full.pairs.confirm': { readonly rounds: Value }
  'full.rules-table': { readonly count: Value }
  'full.run.bytes': { readonly allowanceMegabytes: Value; readonly coreKilobytes: Value; readonly fullMegabytes: Value; readonly meteredMegabytes: Value }
  'full.run.cadence': { readonly coreMinutes: Value; readonly fullsPerDay: Value }
  'full.run.limits': { readonly confirmSeconds: Value; readonly connectSeconds: Value; readonly coreSeconds: Value; readonly fullSeconds: Value; readonly handshakeSeconds: Value }
  'full.run.line': { readonly canaries: Value }
  'full.series.failure': { readonly failOpen: Value }
  'full.series.kinds': { readonly longHours: Value; readonly passing: Value; readonly shortHours: Value }
  'full.series.load': { readonly loads: Value }
  'full.standing.known': { readonly afterDays: Value; readonly onDays: Value }
  'full.table.about': { readonly checkedAt: Value; readonly least: Value; readonly most: Value }
  'full.throttling.slow': { readonly slowProbes: Value; readonly slowRatio: Value; readonly windowHours: Value }
  'full.throttling.usual': { readonly baselineDays: Value; readonly leastDays: Value; readonly leastRounds: Value }
  'full.word.blocking': { readonly decisive: Value }
  'full.word.fault': { readonly decisive: Value }
  'gaps.few': { readonly count: Value }
  'gaps.minutes': { readonly count: Value }
  'gaps.more': { readonly count: Value }
  'gaps.poster-about': { readonly code: Value }
  'handover.findings.duplicates.note': { readonly file: Value }
  'handover.findings.title': { readonly title: Value }
  'handover.keys.title': { readonly title: Value }
  'handover.list.volume': { readonly count: Value; readonly kicker: Value; readonly number: Value }
  'handover.proof.version': { readonly version: Value }
  'handover.readme.destroy': { readonly day: Value }
  'handover.readme.open-changed': { readonly file: Value }
  'handover.readme.title': { readonly title: Value }
  'handover.readme.versions': { readonly versions: Value }
  'handover.verify.letter': { readonly letter: Value }
  'handover.verify.more': { readonly count: Value }
  'handover.verify.receipt': { readonly letter: Value }
  'handover.verify.removed': { readonly count: Value }
  'handover.verify.signed-by': { readonly key: Value }
  'handover.verify.title': { readonly name: Value }
  'handover.verify.total': { readonly count: Value }
  'handover.verify.unvouched': { readonly option: Value }
  'handover.verify.wanting': { readonly count: Value }
  'health.programs': { readonly address: Value }
  'hours.chart': { readonly subject: Value }
  'incident.about-time': { readonly time: Value }
  'incident.act-answered': { readonly day: Value }
  'incident.act-number': { readonly number: Value }
  'incident.act-requested': { readonly day: Value }
  'incident.against-all': { readonly count: Value }
  'incident.against-few': { readonly count: Value }
  'incident.against-gap': { readonly interval: Value; readonly length: Value }
  'incident.against-hours': { readonly time: Value }
  'incident.against-ooni': { readonly count: Value; readonly total: Value }
  'incident.against-opened': { readonly count: Value; readonly total: Value }
  'incident.against-opened-slow': { readonly count: Value; readonly total: Value }
  'incident.against-opinion': { readonly count: Value; readonly names: Value; readonly total: Value }
  'incident.against-passed': { readonly share: Value }
  'incident.against-pieces': { readonly count: Value }
  'incident.against-untested': { readonly count: Value; readonly names: Value; readonly turning: Value }
  'incident.alarm': { readonly at: Value }
  'incident.alarm-cleared': { readonly at: Value }
  'incident.assumed-range': { readonly bounds: Value }
  'incident.at-least': { readonly value: Value }
  'incident.at-most': { readonly value: Value }
  'incident.axis-binned': { readonly minutes: Value }
  'incident.axis-caption': { readonly count: Value; readonly date: Value; readonly probes: Value }
  'incident.bracket': { readonly end: Value; readonly start: Value }
  'incident.bracket-end': { readonly from: Value; readonly until: Value }
  'incident.bracket-end-slow': { readonly from: Value; readonly until: Value }
  'incident.bracket-slow': { readonly end: Value; readonly start: Value }
  'incident.bracket-start': { readonly from: Value; readonly until: Value }
  'incident.bracket-start-slow': { readonly from: Value; readonly until: Value }
  'incident.change-about': { readonly times: Value }
  'incident.change-all': { readonly count: Value }
  'incident.change-short': { readonly results: Value; readonly tests: Value }
  'incident.change-then': { readonly times: Value; readonly word: Value }
  'incident.cite-publisher': { readonly name: Value }
  'incident.cite-revision': { readonly at: Value; readonly revision: Value }
  'incident.counted-devices': { readonly count: Value }
  'incident.date': { readonly date: Value }
  'incident.devices': { readonly count: Value; readonly total: Value }
  'incident.devices-partly': { readonly count: Value; readonly total: Value }
  'incident.devices-slow': { readonly count: Value; readonly total: Value }
  'incident.do-not-more': { readonly count: Value }
  'incident.former': { readonly text: Value }
  'incident.gap-hides': { readonly minutes: Value }
  'incident.gaps-none-until': { readonly time: Value }
  'incident.inputs': { readonly count: Value }
  'incident.interval': { readonly interval: Value; readonly value: Value }
  'incident.ioda-no-end': { readonly from: Value }
  'incident.kept-apart': { readonly count: Value }
  'incident.lane.more-probes': { readonly count: Value }
  'incident.last-failed': { readonly time: Value }
  'incident.last-slow': { readonly time: Value }
  'incident.length.days': { readonly count: Value }
  'incident.length.hours': { readonly count: Value }
  'incident.length.minutes': { readonly count: Value }
  'incident.length.range': { readonly least: Value; readonly most: Value }
  'incident.length.running': { readonly least: Value }
  'incident.measurements-about': { readonly count: Value }
  'incident.mechanism': { readonly mechanism: Value }
  'incident.most-people.country': { readonly count: Value }
  'incident.most-people.networks': { readonly count: Value }
  'incident.network': { readonly network: Value }
  'incident.newest-revision': { readonly revision: Value }
  'incident.not-began': { readonly time: Value }
  'incident.not-country': { readonly network: Value }
  'incident.not-country-slow': { readonly network: Value }
  'incident.not-ended': { readonly time: Value }
  'incident.not-now': { readonly time: Value }
  'incident.not-now-slow': { readonly time: Value }
  'incident.not-people': { readonly value: Value }
  'incident.not-probability.fault': { readonly count: number; readonly times: Value }
  'incident.not-probability.interference': { readonly count: number; readonly times: Value }
  'incident.not-probability.throttling': { readonly count: number; readonly times: Value }
  'incident.not-whole': { readonly share: Value }
  'incident.notices-short': { readonly about: Value; readonly acts: Value; readonly statements: Value }
  'incident.now.insufficient': { readonly service: Value }
  'incident.now.partly-restricted': { readonly service: Value }
  'incident.now.restricted': { readonly service: Value }
  'incident.now.throttled': { readonly service: Value }
  'incident.now.withdrawn': { readonly service: Value }
  'incident.number-is': { readonly faults: Value; readonly kinds: Value }
  'incident.number-is-fault': { readonly faults: Value }
  'incident.old-revision': { readonly revision: Value }
  'incident.ooni-counts': { readonly anomaly: Value; readonly confirmed: Value; readonly failure: Value; readonly ok: Value; readonly total: Value }
  'incident.ooni-own': { readonly days: Value }
  'incident.ooni-rest': { readonly count: Value }
  'incident.ooni-together': { readonly days: Value }
  'incident.opinions-counted': { readonly agree: Value; readonly differ: Value }
  'incident.or-earlier': { readonly time: Value }
  'incident.or-later': { readonly time: Value }
  'incident.others-retrieved': { readonly day: Value }
  'incident.others-retrieved-at': { readonly at: Value }
  'incident.others-set-aside': { readonly count: Value }
  'incident.others-short': { readonly ioda: Value; readonly ooni: Value; readonly radar: Value }
  'incident.pairs': { readonly count: Value; readonly named: Value; readonly times: Value }
  'incident.pairs-how': { readonly limit: Value }
  'incident.pairs-none': { readonly count: Value; readonly named: Value }
  'incident.past.insufficient': { readonly service: Value }
  'incident.past.partly-restricted': { readonly service: Value }
  'incident.past.restricted': { readonly service: Value }
  'incident.past.throttled': { readonly service: Value }
  'incident.past.withdrawn': { readonly service: Value }
  'incident.pooled': { readonly count: Value; readonly share: Value; readonly start: Value }
  'incident.prior-short': { readonly after: Value; readonly before: Value }
  'incident.provisional': { readonly at: Value }
  'incident.quote.against': { readonly list: Value }
  'incident.quote.end': { readonly time: Value }
  'incident.quote.fault': { readonly against: Value; readonly count: number; readonly interval: Value; readonly times: Value }
  'incident.quote.finding': { readonly strength: Value; readonly verdict: Value }
  'incident.quote.interference': { readonly against: Value; readonly count: number; readonly interval: Value; readonly times: Value }
  'incident.quote.last-failed': { readonly time: Value }
  'incident.quote.last-slow': { readonly time: Value }
  'incident.quote.seen': { readonly service: Value }
  'incident.quote.start': { readonly time: Value }
  'incident.quote.untested': { readonly count: Value }
  'incident.quote.what': { readonly devices: Value; readonly headline: Value; readonly network: Value; readonly when: Value }
  'incident.quote.withdrawn': { readonly at: Value; readonly date: Value; readonly network: Value; readonly reason: Value; readonly service: Value }
  'incident.quote.zone': { readonly offset: Value }
  'incident.replaced-about': { readonly at: Value }
  'incident.scale-from': { readonly support: Value; readonly value: Value }
  'incident.services-seen': { readonly count: Value; readonly total: Value }
  'incident.share': { readonly interval: Value; readonly share: Value }
  'incident.slowdown': { readonly interval: Value; readonly value: Value }
  'incident.source': { readonly id: Value; readonly revision: Value }
  'incident.statement-original': { readonly quote: Value; readonly summary: Value }
  'incident.statements-others': { readonly count: Value }
  'incident.strength': { readonly step: Value; readonly support: Value }
  'incident.strength-fault': { readonly step: Value; readonly support: Value }
  'incident.strength-for-fault': { readonly step: Value; readonly support: Value }
  'incident.strength-for-interference': { readonly step: Value; readonly support: Value }
  'incident.strength-interference': { readonly step: Value; readonly support: Value }
  'incident.successor': { readonly id: Value }
  'incident.table': { readonly step: Value }
  'incident.times': { readonly value: Value }
  'incident.times-fault': { readonly value: Value }
  'incident.title': { readonly service: Value }
  'incident.utc': { readonly end: Value; readonly start: Value }
  'incident.weight-against-best': { readonly against: Value }
  'incident.weight-alone': { readonly interval: Value; readonly value: Value }
  'incident.weight-beside': { readonly value: Value }
  'incident.weight-interval': { readonly interval: Value }
  'incident.weight-items': { readonly opposing: Value; readonly supporting: Value; readonly weak: Value }
  'incident.weight-source': { readonly source: Value }
  'incident.weight-weak': { readonly neutral: Value; readonly opposing: Value; readonly supporting: Value }
  'incident.withdrawn-about': { readonly at: Value; readonly reason: Value }
  'incident.zone': { readonly offset: Value }
  'incident.zone-between': { readonly offset: Value }
  'incidents.alarms-alone': { readonly count: Value }
  'incidents.counts': { readonly count: Value; readonly entries: Value; readonly episodes: Value; readonly running: Value; readonly withdrawn: Value }
  'incidents.joint': { readonly times: Value }
  'incidents.not-sought': { readonly command: Value }
  'incidents.watched': { readonly alarms: Value; readonly series: Value; readonly standing: Value; readonly weeks: Value; readonly withdrawn: Value; readonly wrong: Value }
  'join-page.copy-release': { readonly address: Value }
  'join-page.do.macos': { readonly file: Value; readonly runtime: Value }
  'join-page.do.windows': { readonly file: Value }
  'join-page.kind.deb': { readonly systems: Value }
  'join-page.megabytes': { readonly size: Value }
  'join-page.stop.about': { readonly forget: Value; readonly pause: Value }
  'join.cost.metered': { readonly meteredMegabytes: Value; readonly meteredMinutes: Value }
  'join.cost.schedule': { readonly allowanceMegabytes: Value; readonly coreMinutes: Value; readonly fullSeconds: Value; readonly fullsPerDay: Value }
  'join.measures.list': { readonly file: Value }
  'join.start.systems': { readonly daemon: Value; readonly wine: Value }
  'join.step.stop': { readonly forget: Value }
  'join.tier': { readonly tier: Value }
  'law.changed-more': { readonly version: Value }
  'law.changed-what': { readonly names: Value }
  'law.checked': { readonly day: Value }
  'law.foot': { readonly digest: Value; readonly version: Value }
  'law.from': { readonly day: Value }
  'law.read': { readonly day: Value }
  'law.until': { readonly day: Value }
  'law.version': { readonly version: Value }
  'law.wording-from': { readonly day: Value }
  'letter.counted.confirmed': { readonly count: Value }
  'letter.counted.size': { readonly size: Value }
  'letter.form.what.end': { readonly day: Value }
  'letter.goal.of': { readonly share: Value }
  'letter.keys.group': { readonly number: Value }
  'letter.mail.confirm': { readonly link: Value }
  'letter.not-yet': { readonly day: Value }
  'letter.regions.about': { readonly fewest: Value }
  'letter.regions.none': { readonly fewest: Value }
  'letter.standing.removed-about': { readonly reason: Value }
  'letter.tool.busy': { readonly seconds: Value }
  'letter.tool.tries': { readonly count: Value }
  'letter.version': { readonly version: Value }
  'letter.wrong.busy': { readonly seconds: number }
  'letter.wrong.many': { readonly seconds: number }
  'map.days': { readonly count: number }
  'map.elsewhere': { readonly count: Value }
  'map.lead': { readonly at: Value; readonly days: number }
  'means.judged': { readonly version: Value }
  'means.span': { readonly since: Value; readonly until: Value; readonly zone: Value }
  'measurement.access': { readonly access: Value }
  'measurement.almaty': { readonly offset: Value }
  'measurement.channel': { readonly channel: Value }
  'measurement.country': { readonly country: Value }
  'measurement.endpoints': { readonly failed: Value; readonly tested: Value }
  'measurement.input': { readonly input: Value }
  'measurement.kept-apart': { readonly standing: Value }
  'measurement.key-mark': { readonly mark: Value }
  'measurement.leaf': { readonly leaf: Value }
  'measurement.line': { readonly state: Value }
  'measurement.operations-cut': { readonly count: Value }
  'measurement.origin': { readonly origin: Value }
  'measurement.program': { readonly program: Value }
  'measurement.ratio': { readonly ratio: Value }
  'measurement.received': { readonly at: Value }
  'measurement.rule': { readonly rule: Value }
  'measurement.rules-version': { readonly version: Value }
  'measurement.sender': { readonly standing: Value }
  'measurement.test': { readonly test: Value }
  'measurement.timeline-cut': { readonly count: Value; readonly total: Value }
  'measurement.timeline-short': { readonly count: Value; readonly failed: Value }
  'measurement.timeline-untimed': { readonly count: Value }
  'measurement.times': { readonly count: Value }
  'measurement.uid': { readonly uid: Value }
  'method.incident.several': { readonly probes: Value }
  'method.limits.forged': { readonly afterDays: Value; readonly onDays: Value }
  'method.limits.short': { readonly coreMinutes: Value; readonly meteredMinutes: Value }
  'method.measuring.often': { readonly coreMinutes: Value }
  'method.word.blocking': { readonly decisive: Value }
  'method.word.fault': { readonly decisive: Value }
  'mine.missing.apart': { readonly command: Value }
  'mine.no-script': { readonly column: Value; readonly command: Value; readonly sign: Value }
  'mine.server.page': { readonly data: Value }
  'mine.tool.absent': { readonly count: Value }
  'mine.tool.bad': { readonly count: Value; readonly places: Value }
  'mine.tool.check-size': { readonly size: Value }
  'mine.tool.day': { readonly count: number; readonly day: Value }
  'mine.tool.failed': { readonly why: Value }
  'mine.tool.found': { readonly count: number; readonly date: Value }
  'mine.tool.found-file': { readonly count: number }
  'mine.tool.good': { readonly all: Value; readonly day: Value; readonly good: Value }
  'mine.tool.key': { readonly count: Value; readonly key: Value; readonly month: Value }
  'mine.tool.late': { readonly count: Value }
  'mine.tool.later': { readonly count: Value }
  'mine.tool.load': { readonly size: Value }
  'mine.tool.other': { readonly count: Value }
  'mine.tool.place': { readonly place: Value }
  'mine.tool.reading': { readonly all: Value; readonly done: Value }
  'mine.tool.receipts': { readonly count: Value; readonly found: Value }
  'mine.tool.row': { readonly kind: Value; readonly service: Value; readonly time: Value }
  'mine.tool.state': { readonly keys: Value; readonly size: Value }
  'news.about': { readonly kind: Value; readonly place: Value; readonly service: Value }
  'news.change': { readonly link: Value }
  'news.confirm': { readonly hours: Value; readonly link: Value; readonly topics: Value }
  'news.kind.unseen-since': { readonly at: Value }
  'news.leave': { readonly link: Value }
  'news.many': { readonly count: number }
  'news.more': { readonly count: Value; readonly link: Value }
  'news.post-many': { readonly count: Value; readonly list: Value }
  'news.reports': { readonly count: Value; readonly hours: Value; readonly region: Value; readonly service: Value }
  'news.subject': { readonly what: Value }
  'news.subject-simulated': { readonly what: Value }
  'orders.answered': { readonly date: Value }
  'orders.basis': { readonly basis: Value }
  'orders.count': { readonly count: Value }
  'orders.count-answered': { readonly count: Value }
  'orders.count-held': { readonly count: Value }
  'orders.count-requested': { readonly count: Value }
  'orders.date': { readonly date: Value }
  'orders.number': { readonly number: Value }
  'orders.requested': { readonly date: Value }
  'orders.scope': { readonly list: Value }
  'orders.unnamed': { readonly list: Value }
  'outcome-counted.daily': { readonly k: Value; readonly n: Value }
  'page.as-of': { readonly at: Value }
  'page.simulated-behind': { readonly until: Value }
  'page.simulated-ended': { readonly until: Value }
  'page.stale': { readonly at: Value }
  'paper.annex': { readonly number: Value }
  'paper.blank': { readonly what: Value }
  'paper.figure': { readonly number: Value }
  'paper.page': { readonly page: Value; readonly pages: Value }
  'paper.table': { readonly number: Value }
  'phone.age-days': { readonly count: Value }
  'phone.age-hours': { readonly count: Value }
  'phone.age-minutes': { readonly count: Value }
  'phone.offline': { readonly age: Value }
  'place.answer-none': { readonly subject: Value }
  'place.answer-open': { readonly subject: Value }
  'place.answer-some-networks': { readonly count: Value; readonly subject: Value; readonly total: Value }
  'place.answer-some-services': { readonly count: Value; readonly subject: Value; readonly total: Value }
  'place.as-of': { readonly at: Value }
  'place.as-of-simulated': { readonly at: Value }
  'place.days-of': { readonly count: Value; readonly total: Value }
  'place.endpoints': { readonly count: Value }
  'place.latest': { readonly at: Value }
  'place.month-count': { readonly count: Value; readonly month: Value }
  'place.more-rows': { readonly count: Value }
  'place.more-sites': { readonly count: Value }
  'place.network-title': { readonly network: Value }
  'place.owner-source': { readonly date: Value; readonly source: Value }
  'place.page': { readonly page: Value }
  'place.probes': { readonly count: Value }
  'place.probes-unnamed': { readonly count: Value }
  'place.service-title': { readonly service: Value }
  'place.strips-of': { readonly count: Value; readonly total: Value }
  'poster.code': { readonly address: Value; readonly code: Value }
  'poster.what': { readonly first: Value; readonly second: Value }
  'probe-join.joined': { readonly observatory: Value }
  'probe-join.key': { readonly command: Value; readonly observatory: Value }
  'probe-join.moved': { readonly before: Value; readonly command: Value; readonly observatory: Value }
  'probe-join.next': { readonly page: Value; readonly run: Value }
  'probe-join.other': { readonly before: Value; readonly command: Value; readonly observatory: Value }
  'probe-page.counted': { readonly count: number }
  'probe-page.networks': { readonly list: Value }
  'probe-page.next': { readonly date: Value }
  'probe-page.opened': { readonly address: Value }
  'probe-page.own': { readonly network: Value }
  'probe-page.own-about': { readonly sign: Value }
  'probe-page.receipt': { readonly date: Value; readonly place: Value }
  'probe.ask.A': { readonly tier: Value }
  'probe.ask.B': { readonly tier: Value }
  'probe.ask.C': { readonly tier: Value }
  'probe.consent.cost': { readonly core: Value; readonly full: Value; readonly month: Value }
  'probe.consent.given': { readonly tiers: Value }
  'probe.consent.law': { readonly first: Value }
  'probe.consent.needs': { readonly option: Value; readonly tier: Value }
  'probe.consent.needs-more': { readonly option: Value; readonly tiers: Value }
  'probe.consent.stop': { readonly forget: Value; readonly stop: Value }
  'probe.consent.to': { readonly list: Value }
  'probe.consent.to-control': { readonly list: Value }
  'probe.export.deleted': { readonly count: Value }
  'probe.export.done': { readonly count: Value; readonly path: Value }
  'probe.forget.left': { readonly list: Value }
  'probe.forget.nothing': { readonly folder: Value }
  'probe.forget.undelivered': { readonly command: Value; readonly count: Value }
  'probe.forget.what': { readonly folder: Value }
  'probe.install.by-hand': { readonly command: Value }
  'probe.install.cadence': { readonly allowance: Value; readonly fulls: Value; readonly minutes: Value }
  'probe.install.stop': { readonly command: Value }
  'probe.install.written': { readonly path: Value }
  'probe.limit.kept': { readonly allowance: Value }
  'probe.line.captive-portal': { readonly host: Value }
  'probe.pause.until': { readonly date: Value }
  'probe.protocol.name': { readonly service: Value }
  'probe.protocol.reachable': { readonly service: Value }
  'probe.protocol.unreachable': { readonly service: Value }
  'probe.run.bytes': { readonly bytes: Value; readonly seconds: Value }
  'probe.run.dropped': { readonly count: Value }
  'probe.run.held': { readonly count: Value }
  'probe.run.mechanism': { readonly mechanism: Value }
  'probe.run.network': { readonly network: Value }
  'probe.run.network-unknown': { readonly option: Value }
  'probe.run.no-collector': { readonly option: Value }
  'probe.run.no-responders': { readonly tier: Value }
  'probe.run.partly': { readonly failed: Value; readonly tested: Value }
  'probe.run.progress': { readonly done: Value; readonly total: Value }
  'probe.run.queued': { readonly count: Value }
  'probe.run.refused': { readonly command: Value; readonly count: Value }
  'probe.run.sent': { readonly count: Value }
  'probe.run.unfinished': { readonly services: Value }
  'probe.run.unreachable': { readonly failure: Value }
  'probe.run.your-line': { readonly state: Value }
  'probe.service.inconclusive': { readonly service: Value }
  'probe.service.interfered': { readonly service: Value }
  'probe.service.not-judged': { readonly service: Value }
  'probe.service.reachable': { readonly service: Value }
  'probe.service.unreachable': { readonly service: Value }
  'probe.status.apart': { readonly count: number }
  'probe.status.apart-mismatched': { readonly command: Value }
  'probe.status.apart-new': { readonly command: Value }
  'probe.status.bytes': { readonly allowance: Value; readonly reckoned: Value; readonly used: Value }
  'probe.status.bytes-other': { readonly used: Value }
  'probe.status.consent': { readonly date: Value; readonly tiers: Value }
  'probe.status.counted': { readonly count: number }
  'probe.status.folder': { readonly folder: Value }
  'probe.status.keys': { readonly list: Value }
  'probe.status.last-upload': { readonly date: Value }
  'probe.status.metered-use': { readonly command: Value }
  'probe.status.next-try': { readonly date: Value }
  'probe.status.queue': { readonly bytes: Value; readonly count: Value }
  'probe.status.refused-documents': { readonly count: Value }
  'probe.status.untold': { readonly count: number }
  'probe.status.update-back': { readonly version: Value }
  'probe.status.update-current': { readonly date: Value }
  'probe.status.update-failed': { readonly date: Value }
  'probe.status.update-newer': { readonly date: Value; readonly version: Value }
  'probe.status.update-off': { readonly version: Value }
  'probe.status.update-on': { readonly version: Value }
  'probe.status.update-ready': { readonly date: Value; readonly version: Value }
  'probe.status.update-unfit': { readonly date: Value; readonly version: Value }
  'probe.tier.A': { readonly list: Value; readonly tier: Value }
  'probe.tier.B': { readonly first: Value; readonly list: Value; readonly tier: Value }
  'probe.tier.C': { readonly list: Value; readonly tier: Value }
  'probe.update.back': { readonly before: Value; readonly version: Value }
  'probe.update.current': { readonly version: Value }
  'probe.update.failed': { readonly version: Value }
  'probe.update.newer': { readonly megabytes: Value; readonly version: Value }
  'probe.update.ready': { readonly own: Value; readonly version: Value }
  'probe.update.unfit': { readonly own: Value; readonly version: Value }
  'problem.bad-request-about': { readonly path: Value }
  'problem.erased-at': { readonly at: Value }
  'problem.erased-reason': { readonly reason: Value }
  'proof-page.bundle.file': { readonly at: Value }
  'proof-page.outside.failing': { readonly count: Value }
  'proof-page.tool.count-failed': { readonly count: Value }
  'proof-page.tool.count-not-checked': { readonly count: Value }
  'proof-page.tool.count-ok': { readonly count: Value }
  'proof-page.tool.files': { readonly count: Value }
  'proof-page.tool.judged': { readonly all: Value; readonly done: Value }
  'proof-page.tool.read': { readonly all: Value; readonly done: Value }
  'proof-page.tool.size': { readonly size: Value }
  'proof.custody.actor': { readonly actor: Value }
  'proof.custody.authority': { readonly authority: Value }
  'proof.custody.broken': { readonly count: Value }
  'proof.custody.count': { readonly count: Value; readonly keys: Value }
  'proof.custody.key': { readonly key: Value }
  'proof.custody.new-key': { readonly key: Value }
  'proof.custody.number': { readonly leaf: Value }
  'proof.custody.of.bundle': { readonly id: Value }
  'proof.custody.of.case': { readonly id: Value }
  'proof.custody.of.events': { readonly id: Value }
  'proof.custody.of.file': { readonly id: Value }
  'proof.custody.of.incident': { readonly id: Value }
  'proof.custody.of.log': { readonly id: Value }
  'proof.custody.of.measurement': { readonly id: Value }
  'proof.custody.of.measurements': { readonly id: Value }
  'proof.custody.place': { readonly place: Value }
  'proof.custody.reason': { readonly reason: Value }
  'proof.custody.recorded': { readonly leaf: Value }
  'proof.saved.digest': { readonly sha256: Value }
  'proof.saved.title': { readonly name: Value }
  'proof.saved.wanting': { readonly count: Value }
  'question.choice': { readonly choices: Value }
  'record-check.bundled': { readonly folder: Value }
  'record-check.counts': { readonly chronicle: Value; readonly demands: Value; readonly events: Value; readonly orders: Value; readonly statements: Value }
  'record-check.good': { readonly folder: Value }
  'record-check.problems': { readonly count: Value }
  'record-check.sources': { readonly count: Value; readonly unread: Value }
  'report.error.note': { readonly most: Value }
  'report.kept-about': { readonly days: Value }
  'report.later': { readonly seconds: number }
  'report.network-found': { readonly network: Value }
  'report.signal-began': { readonly at: Value }
  'report.signal-count': { readonly count: Value; readonly most: Value }
  'report.signal-ended': { readonly at: Value }
  'report.signal-usual': { readonly count: Value }
  'report.signal-within': { readonly at: Value }
  'reported.between': { readonly first: Value; readonly last: Value }
  'reported.end': { readonly value: Value }
  'reported.from': { readonly first: Value }
  'reported.services': { readonly list: Value }
  'reported.until': { readonly last: Value }
  'reports-desk.held-count': { readonly count: Value }
  'reports-desk.is-shown': { readonly id: Value; readonly text: Value }
  'reports-desk.list.published': { readonly count: Value }
  'reports-desk.list.read': { readonly count: Value }
  'reports-desk.list.waiting': { readonly count: Value }
  'reports-desk.of-which': { readonly count: Value; readonly option: Value }
  'reports-desk.release': { readonly count: Value; readonly service: Value }
  'reports-desk.removed': { readonly id: Value }
  'reports-desk.removed-many': { readonly count: Value }
  'reports-desk.set-aside': { readonly id: Value }
  'reports-desk.set-aside-many': { readonly count: Value }
  'review.confirmed': { readonly at: Value; readonly who: Value }
  'review.ends': { readonly at: Value }
  'review.former': { readonly text: Value }
  'review.id': { readonly id: Value }
  'review.kind': { readonly act: Value; readonly state: Value }
  'review.notice.disputed': { readonly at: Value }
  'review.notice.held': { readonly until: Value }
  'review.notice.withdrawn': { readonly at: Value }
  'review.of': { readonly id: Value }
  'review.recorded': { readonly act: Value; readonly id: Value; readonly state: Value }
  'review.revision': { readonly revision: Value }
  'review.taken.headline': { readonly service: Value }
  'review.taken.held': { readonly at: Value; readonly until: Value }
  'review.until': { readonly at: Value }
  'review.who': { readonly actor: Value; readonly role: Value }
  'safety.keeps.people': { readonly noteDays: Value; readonly reportDays: Value }
  'safety.keeps.registry': { readonly forgetDays: Value }
  'say.episode': { readonly code: Value; readonly count: Value; readonly headline: Value; readonly networks: Value; readonly time: Value; readonly total: Value; readonly verdict: Value }
  'say.incident': { readonly code: Value; readonly headline: Value; readonly network: Value; readonly time: Value; readonly verdict: Value }
  'say.or-later': { readonly time: Value }
  'say.place': { readonly answer: Value; readonly at: Value; readonly source: Value }
  'search.host': { readonly host: Value }
  'search.placeholder': { readonly network: Value; readonly service: Value }
  'search.what.code': { readonly code: Value }
  'search.what.network': { readonly network: Value }
  'search.what.service': { readonly service: Value; readonly site: Value }
  'sentence.layer': { readonly layer: Value; readonly state: Value }
  'sentence.missing': { readonly list: Value }
  'sentence.subject': { readonly kind: Value; readonly network: Value; readonly service: Value }
  'sentence.wrong-fields': { readonly count: number }
  'series.about': { readonly count: Value; readonly days: Value }
  'series.apart-newest': { readonly count: Value }
  'series.availability': { readonly hours: Value; readonly observed: Value; readonly share: Value }
  'series.availability-used': { readonly share: Value }
  'series.devices': { readonly count: Value }
  'series.shortened': { readonly count: Value }
  'series.title': { readonly network: Value; readonly service: Value }
  'study.events': { readonly count: Value }
  'study.frozen-on': { readonly date: Value }
  'study.hours': { readonly value: Value }
  'study.key.window': { readonly window: Value }
  'study.period': { readonly period: Value }
  'study.plan.level-about': { readonly level: Value }
  'subscribe.error.mail': { readonly example: Value }
  'subscribe.error.topics': { readonly most: Value }
  'subscribe.kept-end': { readonly most: Value }
  'subscribe.later': { readonly seconds: number }
  'subscribe.limits': { readonly most: Value }
  'subscribe.mail-about': { readonly hours: Value }
  'subscribe.regions-about': { readonly fewest: Value; readonly hours: Value }
  'subscribe.sent-about': { readonly most: Value }
  'subscribe.stale-about': { readonly hours: Value }
  'subscribe.topics.networks': { readonly list: Value }
  'subscribe.topics.regions': { readonly list: Value }
  'subscribe.topics.services': { readonly list: Value }
  'take.source': { readonly address: Value; readonly at: Value }
  'validation.cllr-count': { readonly fault: Value; readonly interference: Value }
  'validation.cllr-least': { readonly least: Value }
  'validation.cllr-value': { readonly cllr: Value }
  'validation.column.word': { readonly word: Value }
  'validation.false-incidents': { readonly count: Value }
  'validation.logged': { readonly leaf: Value }
  'validation.program': { readonly rules: Value; readonly version: Value }
  'validation.when': { readonly at: Value }
  'validation.wrong.namedBlocking': { readonly word: Value }
  'validation.wrong.namedFault': { readonly word: Value }
  'weigh.count': { readonly k: Value; readonly n: Value }
  'weigh.count.abroad': { readonly k: Value; readonly n: Value }
  'weigh.count.comparison': { readonly k: Value; readonly n: Value }
  'weigh.count.days': { readonly k: Value; readonly n: Value }
  'weigh.count.failed': { readonly k: Value; readonly n: Value }
  'weigh.count.independent': { readonly k: Value; readonly n: Value }
  'weigh.count.inside': { readonly k: Value; readonly n: Value }
  'weigh.count.owners': { readonly k: Value; readonly n: Value }
  'weigh.count.pages': { readonly k: Value; readonly n: Value }
  'weigh.count.services': { readonly k: Value; readonly n: Value }
  'weigh.count.start': { readonly k: Value; readonly n: Value }
  'weigh.count.start-interval': { readonly k: Value; readonly n: Value }
  'weigh.devices': { readonly probes: Value }
  'weigh.grounds': { readonly list: Value }
  'weigh.interval': { readonly interval: Value }
  'weigh.mean': { readonly faults: Value; readonly interval: Value; readonly kinds: Value; readonly times: Value }
  'weigh.quoted-earlier': { readonly mean: Value; readonly times: Value }
  'weigh.quoted-even': { readonly against: Value }
  'weigh.quoted-fault': { readonly against: Value; readonly count: number; readonly ratio: Value }
  'weigh.quoted-interference': { readonly against: Value; readonly count: number; readonly ratio: Value }
  'weigh.source': { readonly source: Value }
}
