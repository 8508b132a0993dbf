import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/chromium.ts';
import { runCli, temporaryHome, type Running } from '../support/cli.ts';
import { USER } from '../support/stage.ts';

const VIEW = 'finance.expense.view';

describe('the example page of npm start', function () {
  this.timeout(120_000);
  let env: Record<string, string>;
  let running: Running;
  let url: string;
  let browser: Browser | undefined;

  before(async function () {
    browser = await openBrowser(this);
    env = {
      KISUM_HOME: await temporaryHome(),
      PORT: '0',
      ADMIN_PORT: '0',
      EXAMPLE_PORT: '0',
      AUTH_URL: 'http://127.0.0.1:0',
      NO_COLOR: '1',
    };
    running = runCli(['start'], env);
    url = / {2}page +(http\S+)/.exec(await running.said('npm run reset forgets it'))![1]!;
  });
  after(async () => {
    await browser?.close();
    running?.child.kill('SIGKILL');
    if (env) await rm(env.KISUM_HOME!, { recursive: true, force: true });
  });

  /** What the browser complained of, refused by the content policy or thrown. */
  const complaints: string[] = [];
  const open = async (query = ''): Promise<Page> => {
    const page = await browser!.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${url}/${query}`);
    return page;
  };
  const tile = (page: Page, action: string) => page.locator(`button[data-action="${action}"]`);
  const becomes = (page: Page, action: string, disabled: boolean) =>
    tile(page, action)
      .and(page.locator(`[aria-disabled="${disabled}"]`))
      .waitFor();
  const cli = async (...args: string[]) => {
    const { code, stderr } = await runCli(args, env).ended;
    expect(code, stderr).to.equal(0);
  };

  it('shows at once, without reloading, what a command in a terminal changed', async () => {
    const page = await open();
    await becomes(page, VIEW, false);
    expect(await page.locator('#state').textContent()).to.equal('live');
    expect(await page.locator('#summary').textContent()).to.include('Ben is MEMBER of Acme: 1 of ');
    await cli('revoke', 'ben', 'acme', VIEW);
    await becomes(page, VIEW, true);
    expect(await tile(page, VIEW).textContent()).to.include('permission missing');
    expect(await page.locator('#changes').textContent()).to.include(`${VIEW} is allowed no longer`);

    await tile(page, VIEW).focus();
    const remedy = `The tenant admin grants the permission ${VIEW}.`;
    expect(await page.locator('#why').textContent()).to.include(remedy);
    const command = (await page.locator('#commands code').textContent())!;
    expect(command).to.equal(`npx kisum-cli grant ben acme ${VIEW}`);
    await cli(...command.split(' ').slice(2));
    await becomes(page, VIEW, false);
    if (process.env.KISUM_SCREENSHOT) await page.screenshot({ path: process.env.KISUM_SCREENSHOT });
    await page.close();
    expect(complaints).to.deep.equal([]);
  });

  it('says why somebody has no access at all', async () => {
    const page = await open('?person=drew&company=acme');
    await page.locator('#state[data-state="ended"]').waitFor();
    expect(await page.locator('#summary').textContent()).to.equal(
      'Drew has no access to Acme: not a member of this company.',
    );
    await page.locator('#person').selectOption({ label: 'Ana' });
    await page.locator('#state[data-state="live"]').waitFor();
    await becomes(page, VIEW, false);
    await page.close();
  });

  it('gives tokens to nobody but itself, of nobody but the demo, and answers to no foreign name', async () => {
    const host = new URL(url).host;
    const ask = (headers: Record<string, string>, user: string = USER.ben, path = '/token') =>
      new Promise<number>((resolve, reject) => {
        const asked = request(
          url + path,
          {
            method: path === '/token' ? 'POST' : 'GET',
            headers: { 'content-type': 'application/json', ...headers },
          },
          (response) => {
            response.resume();
            resolve(response.statusCode!);
          },
        );
        asked.on('error', reject).end(path === '/token' ? JSON.stringify({ user }) : undefined);
      });
    const own = { origin: url };
    expect(await ask(own)).to.equal(200);
    expect(await ask({}), 'no origin').to.equal(403);
    expect(await ask({ origin: 'https://evil.example' })).to.equal(403);
    expect(await ask({ origin: 'null' })).to.equal(403);
    expect(await ask({ ...own, 'content-type': 'text/plain' })).to.equal(415);
    expect(await ask(own, '99999999-9999-4999-8999-999999999999')).to.equal(404);
    const rebound = { host: `evil.example:${host.split(':')[1]}` };
    expect(await ask({ ...rebound, origin: `http://${rebound.host}` })).to.equal(403);
    expect(await ask(rebound, '', '/'), 'not even the page').to.equal(403);
    expect(await ask({}, '', '/../../package.json')).to.equal(404);
    const page = await fetch(url);
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).to.match(/^default-src 'none'; script-src 'self'; style-src 'self'/);
    expect(policy).to.not.include('unsafe');
  });
});
