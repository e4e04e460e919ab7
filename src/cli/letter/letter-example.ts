import { DAY_MS } from '../../core/model/duration.ts'
import { instant, type Instant } from '../../core/model/units.ts'

const dayOf = (at: Instant): string => new Date(at).toISOString().slice(0, 10)
const after = (at: Instant, days: number): string => dayOf(instant(at + days * DAY_MS))

/**
 * A whole letter to be filled in, with remarks in lines that begin with `//`: what stands between ‹ and › is still to be
 * written, and nothing is published before it is. A quarter open for signing, a month until everything is destroyed.
 */
export const letterExample = (
  id: string,
  now: Instant,
): string => `// An open letter (docs/formats/letter.md). Lines that begin with // are remarks and are not published.
// Fill in everything between ‹ and ›, then: kuager letter check THIS-FILE
{
  "format": "kuager-letter/1",
  // Small letters, digits and dashes; is in addresses and in the log, and never changes.
  "id": "${id}",
  // 1 for the first, one more for each that replaces it. A version that was published is never changed.
  "version": 1,
  // true for trials: said on every page and document, and refused by a server with --public.
  "simulated": false,
  "title": {
    "kk": "‹Хаттың атауы›",
    "ru": "‹Название письма›",
    "en": "‹Title of the letter›"
  },
  // Paragraphs are parted by an empty line, written \\n\\n. No markup. It is an open letter: the word for what is filed
  // on epetition.kz has a meaning in law, and the check refuses it here.
  "text": {
    "kk": "‹Хаттың мәтіні›",
    "ru": "‹Текст письма›",
    "en": "‹Text of the letter›"
  },
  "addressees": [
    { "kk": "‹Хат кімге жазылды›", "ru": "‹Кому›", "en": "‹To whom›" }
  ],
  // Who answers for the letter, and how to reach them: mail, web, onion, signal or post.
  "publisher": {
    "name": { "kk": "‹Жариялаушы›", "ru": "‹Кто публикует›", "en": "‹Who publishes it›" },
    "contacts": [{ "kind": "mail", "value": "‹office@example.org›" }]
  },
  // How many signatures are hoped for; the line may be left out.
  "goal": 10000,
  // First and last day for signing, and the day by whose end everything sealed is destroyed (UTC).
  "opens": "${after(now, 1)}",
  "closes": "${after(now, 92)}",
  "destroys": "${after(now, 123)}",
  // Incidents and findings it rests on, with their addresses; may be empty: [].
  "cites": [],
  // What a signer agrees to: a lawyer reads it first. A change of the text is a new number and a new version of the letter.
  "consent": {
    "version": 1,
    "text": {
      "kk": "‹Аты-жөнім, өңірім және пікірім мөрленіп сақталатынына келісемін. Оларды кілт иелері ғана ашады. Хат алушыларға аты-жөнім мен өңірім тапсырылады. Өңірлер бойынша санау үшін сервер өңірімді де біледі. Келісімді деректер жойылғанға дейін қайтарып ала аламын.›",
      "ru": "‹Я даю согласие на то, что моё имя, регион и комментарий хранятся запечатанными. Открыть их могут только хранители ключей. Адресатам письма передаются имя и регион. Чтобы считать по регионам, регион знает и сервер. Согласие можно отозвать, пока данные не уничтожены.›",
      "en": "‹I agree that my name, region and comment are kept sealed. The holders of the keys alone open them. My name and region are handed to the addressees of the letter. To count by region the server knows my region too. I can withdraw this until the data are destroyed.›"
    }
  },
  // Who can open the signatures: kuager letter keys new, then kuager letter keys add. One layer: any holder alone. Two
  // layers: a holder of each together, the inner layer first.
  "keys": { "layers": [] }
}
`
