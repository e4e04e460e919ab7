/** Letters of Kazakh and Russian as a person types them in Latin ones; what sounds alike is one. */
const LATIN: Readonly<Record<string, string>> = {
  ...{ а: 'a', ә: 'a', б: 'b', в: 'v', г: 'g', ғ: 'g', д: 'd', е: 'e', ё: 'e', ж: 'zh', з: 'z', и: 'i', й: 'i' },
  ...{ к: 'k', қ: 'k', л: 'l', м: 'm', н: 'n', ң: 'n', о: 'o', ө: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u' },
  ...{ ұ: 'u', ү: 'u', ф: 'f', х: 'h', һ: 'h', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'sh', ъ: '', ы: 'y', і: 'i', ь: '' },
  ...{ э: 'e', ю: 'iu', я: 'ia' },
}

/**
 * A text in small Latin letters without accents, so that the same name in three scripts is one word: `Қазақтелеком` and
 * `Kazaktelekom`. Signs between words become one space; dots and dashes within a word stay.
 */
export const latin = (text: string): string =>
  [...text.toLowerCase()]
    .map((letter) => LATIN[letter] ?? letter)
    .join('')
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/kh/g, 'h')
    .replaceAll(/[^\p{L}\p{N}.:-]+/gu, ' ')
    .trim()
