import { createAccess } from './client/access.js';
import { commandOf, reasonOf, sentenceOf } from './words.js';

const $ = (id) => document.getElementById(id);
const STATES = { unknown: 'connecting', live: 'live', stale: 'reconnecting', ended: 'no access' };
const MOST_CHANGES = 12;

/** Tiles on the page, by action; cards, by module. */
const tiles = new Map();
const cards = new Map();

const demo = await (await fetch('/demo.json')).json();
let access;
/** Of the newest document that was drawn: action → allowed. */
let drawn = new Map();
let chosen = 'finance.expense.view';

/** A list to choose from; the address says what is chosen, so that it can be sent to somebody. */
function offer(select, items, usual) {
  const wanted = new URLSearchParams(location.search).get(select.id) ?? usual;
  for (const { id, name } of items)
    select.append(new Option(name, id, false, name.toLowerCase() === wanted.toLowerCase()));
}

const nameIn = (id) => $(id).selectedOptions[0].textContent;
const inCli = (id) => nameIn(id).toLowerCase();

function connect() {
  access?.close();
  drawn = new Map();
  $('changes').replaceChildren();
  $('none').hidden = false;
  history.replaceState(null, '', `?person=${inCli('person')}&company=${inCli('company')}`);
  const person = $('person').value;
  access = createAccess({
    url: demo.gateway,
    company: $('company').value,
    token: () => tokenOf(person),
  });
  access.subscribe(draw);
  draw();
}

async function tokenOf(user) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch('/token', { method: 'POST', headers, body: JSON.stringify({ user }) });
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return (await response.json()).token;
}

function draw() {
  const { state, document: known } = access;
  $('state').textContent = STATES[state];
  $('state').dataset.state = state;
  const actions = Object.entries(known?.actions ?? {});
  if (actions.length !== tiles.size || actions.some(([key]) => !tiles.has(key))) build(known);
  for (const [key, capability] of Object.entries(known?.modules ?? {})) drawCard(key, capability);
  for (const [key, capability] of actions) drawTile(key, capability);
  drawSummary(known, actions);
  drawDetail();
}

/** One card for each module, open ones first, its actions by entity. */
function build(known) {
  tiles.clear();
  cards.clear();
  const keys = Object.keys(known?.modules ?? {});
  const isOpen = (key) => known.modules[key].allow;
  keys.sort((a, b) => isOpen(b) - isOpen(a) || titleOf(a).localeCompare(titleOf(b)));
  $('modules').replaceChildren(...keys.map((key) => cardOf(key, known)));
}

function cardOf(module, { actions }) {
  const card = element('section', { className: 'card' });
  const heading = element('h2', { textContent: titleOf(module) });
  const state = element('p', { className: 'card-state' });
  card.append(element('div', { className: 'card-head' }, heading, state));
  const byEntity = new Map();
  for (const key of Object.keys(actions)) {
    const [owner, entity] = key.split('.');
    if (owner === module) byEntity.set(entity, [...(byEntity.get(entity) ?? []), key]);
  }
  for (const [entity, keys] of byEntity) {
    const name = element('h3', { textContent: entity.replaceAll('_', ' ') });
    const order = ['view', 'create', 'update', 'delete'];
    const placeOf = (key) => (order.indexOf(key.split('.')[2]) + order.length + 1) % (order.length + 1);
    keys.sort((a, b) => placeOf(a) - placeOf(b));
    card.append(
      element(
        'div',
        { className: 'entity' },
        name,
        element('div', { className: 'tiles' }, ...keys.map(tileOf)),
      ),
    );
  }
  cards.set(module, { card, state });
  return card;
}

/** A button that can be reached by the keyboard also where it may not be used: why is told there. */
function tileOf(key) {
  const name = element('span', { className: 'action', textContent: key.split('.')[2] });
  const why = element('span', { className: 'reason' });
  const tile = element('button', { type: 'button', className: 'tile' }, name, why);
  tile.dataset.action = key;
  const choose = () => {
    chosen = key;
    drawDetail();
  };
  tile.addEventListener('click', choose);
  tile.addEventListener('focus', choose);
  tiles.set(key, { tile, why });
  return tile;
}

function drawCard(module, { allow, reasons }) {
  const { card, state } = cards.get(module);
  card.classList.toggle('open', allow);
  state.textContent = allow ? 'open' : reasonOf(reasons[0]);
}

function drawTile(action, { allow, reasons, remedies }) {
  const { tile, why } = tiles.get(action);
  tile.setAttribute('aria-disabled', String(!allow));
  why.textContent = allow ? 'allowed' : reasons.map(reasonOf).join(', ');
  tile.title = allow ? action : [action, ...remedies.map(sentenceOf)].join('\n');
  const before = drawn.get(action);
  drawn.set(action, allow);
  if (before === undefined || before === allow) return;
  tell(action, allow, reasons);
  tile.classList.remove('changed');
  void tile.offsetWidth;
  tile.classList.add('changed');
}

function tell(action, allow, reasons) {
  const time = element('time', { textContent: new Date().toLocaleTimeString('en-GB') });
  const what = allow ? 'is allowed now' : `is allowed no longer: ${reasons.map(reasonOf).join(', ')}`;
  const line = element('li', {}, time, element('code', { textContent: action }), ` ${what}`);
  line.className = allow ? 'gained' : 'lost';
  $('changes').prepend(line);
  $('none').hidden = true;
  while ($('changes').children.length > MOST_CHANGES) $('changes').lastChild.remove();
}

function drawSummary(known, actions) {
  const person = nameIn('person');
  const company = nameIn('company');
  if (!known) {
    const said = access.end && `${person} has no access to ${company}: ${endOf(access.end)}.`;
    $('summary').textContent = said ?? '';
    return;
  }
  const allowed = actions.filter(([, { allow }]) => allow).length;
  const modules = Object.values(known.modules);
  const open = modules.filter(({ allow }) => allow).length;
  $('summary').textContent =
    `${person} is ${known.tenantRole} of ${company}: ${allowed} of ${actions.length} actions, ` +
    `${open} of ${modules.length} modules.`;
}

const endOf = ({ reasons, message, code }) =>
  reasons.length > 0 ? reasons.map(reasonOf).join(', ') : message || code;

function drawDetail() {
  const known = access.document?.actions[chosen];
  for (const [key, { tile }] of tiles) tile.classList.toggle('chosen', key === chosen && known !== undefined);
  $('detail').hidden = !known;
  if (!known) return;
  const { allow, reasons, remedies } = known;
  $('chosen').textContent = chosen;
  const said = allow ? ['Allowed.'] : reasons.map((it) => `${capital(reasonOf(it))}.`);
  const wanted = remedies.map((it) => element('li', { textContent: sentenceOf(it) }));
  $('why').replaceChildren(
    element('p', { className: allow ? 'yes' : 'no', textContent: said.join(' ') }),
    ...(wanted.length > 0
      ? [element('h3', { textContent: 'What would change it' }), element('ul', {}, ...wanted)]
      : []),
  );
  const people = [inCli('person'), inCli('company')];
  const commands = allow
    ? [`npx kisum-cli revoke ${people.join(' ')} ${chosen}`]
    : remedies.map((it) => commandOf(it, ...people)).filter(Boolean);
  $('commands').replaceChildren(
    ...(commands.length > 0 ? [element('h3', { textContent: 'Try it in a terminal' })] : []),
    ...commands.map(commandLine),
  );
}

function commandLine(command) {
  const copy = element('button', { type: 'button', className: 'copy', textContent: 'Copy' });
  copy.setAttribute('aria-label', `Copy: ${command}`);
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(command);
    copy.textContent = 'Copied';
  });
  return element('div', { className: 'command' }, element('code', { textContent: command }), copy);
}

const titleOf = (module) => demo.titles[module] ?? capital(module.replaceAll('_', ' '));
const capital = (text) => text[0].toUpperCase() + text.slice(1);

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

offer($('person'), demo.people, 'ben');
offer($('company'), demo.companies, 'acme');
$('person').addEventListener('change', connect);
$('company').addEventListener('change', connect);
connect();
