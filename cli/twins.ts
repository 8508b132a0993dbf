/** Cyrillic and Greek letters that look like Latin ones. */
const TWINS: Record<string, string> = Object.fromEntries(
  [...'аaвbеeзzіiїiјjкkмmнhоoрpсcтtуyхxѕsԁdԛqԝwαaβbεeηnιiκkνvοoρpτtυuχx'.matchAll(/(.)(.)/gu)].map(
    ([, twin, latin]) => [twin!, latin!],
  ),
);

/** The text in the Latin letters it seems to be written in, without marks. */
export function latinLook(text: string): string {
  const letters = text.normalize('NFKD').replace(/\p{M}/gu, '');
  return [...letters].map((letter) => TWINS[letter] ?? letter).join('');
}
