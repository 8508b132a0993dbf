const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Names a module cannot have, by whose they are. */
export const KEYS_OF_OTHERS: readonly [whose: string, words: ReadonlySet<string>][] = [
  [
    'a word of the platform',
    words(
      'core auth base addon access api internal admin system systems health healthz ready readyz metrics public ' +
        'kisum kit gateway policy catalog module modules manifest',
    ),
  ],
  [
    'a word of JavaScript',
    words(
      'await break case catch class const continue debugger default delete do else enum eval export extends false ' +
        'finally for function if implements import in instanceof interface let new null of package private protected ' +
        'return static super switch this throw true try typeof undefined var void while with yield',
    ),
  ],
  ['a property every object has', words('constructor prototype tostring valueof hasownproperty')],
  ['a name in the source tree', words('src dist test tests index node_modules templates docs')],
  ['a schema of PostgreSQL', words('information_schema')],
];

/** Files Windows cannot hold. */
export const DEVICES = words(
  'con prn aux nul com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9',
);

/** Files every module has already, as `<name>.ts`. */
export const OWN_FILES = words('index manifest migrations routes');
