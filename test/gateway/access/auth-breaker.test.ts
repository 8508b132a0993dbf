import { expect } from 'chai';
import { Breaker } from '../../../gateway/access/auth/breaker.ts';
import { until } from '../../support/until.ts';

const down = () => Promise.reject(new Error('down'));
const well = () => Promise.resolve('well');

/** What it said when asked: the answer, or why there was none. */
const said = (asked: Promise<string>) => asked.catch((error: Error) => error.message);

function bench({ probeEveryMs = 3_600_000 } = {}) {
  const state = { probe: down as () => Promise<unknown>, probes: 0, told: [] as boolean[] };
  const breaker = new Breaker({
    probe: () => {
      state.probes += 1;
      return state.probe();
    },
    onChange: (isOpen) => state.told.push(isOpen),
    mostFailures: 3,
    probeEveryMs,
  });
  const fail = async (times: number) => {
    for (let i = 0; i < times; i += 1) await said(breaker.run(down));
  };
  return { state, breaker, fail };
}

describe('the circuit breaker', () => {
  it('passes on what is answered, and why it was not', async () => {
    const { breaker } = bench();
    expect(await said(breaker.run(well))).to.equal('well');
    expect(await said(breaker.run(down))).to.equal('down');
    expect(breaker.isOpen).to.equal(false);
  });

  it('opens after so many failures in a row, and asks no more', async () => {
    const { breaker, fail, state } = bench();
    await fail(3);
    expect(breaker.isOpen).to.equal(true);
    let asked = 0;
    const call = () => {
      asked += 1;
      return well();
    };
    expect(await said(breaker.run(call))).to.match(/failed too often/);
    expect(asked).to.equal(0);
    expect(state.told).to.deep.equal([true]);
    breaker.stop();
  });

  it('one success begins the count anew', async () => {
    const { breaker, fail } = bench();
    await fail(2);
    await breaker.run(well);
    await fail(2);
    expect(breaker.isOpen).to.equal(false);
  });

  it('closes with the first probe that succeeds, and by nothing else', async () => {
    const { breaker, fail, state } = bench({ probeEveryMs: 5 });
    await fail(3);
    await until(() => state.probes >= 2);
    expect(breaker.isOpen).to.equal(true);
    state.probe = well;
    await until(() => !breaker.isOpen);
    expect(state.told).to.deep.equal([true, false]);
    expect(await said(breaker.run(well))).to.equal('well');
    await fail(2);
    expect(breaker.isOpen).to.equal(false);
  });

  it('probes one at a time, however long one takes', async () => {
    const { breaker, fail, state } = bench({ probeEveryMs: 1 });
    let answer!: () => void;
    state.probe = () => new Promise<void>((resolve) => (answer = resolve));
    await fail(3);
    await until(() => state.probes === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(state.probes).to.equal(1);
    answer();
    await until(() => !breaker.isOpen);
  });

  it('a call that was under way when it opened closes it by succeeding', async () => {
    const { breaker, fail, state } = bench();
    let answer!: (text: string) => void;
    const slow = breaker.run(() => new Promise<string>((resolve) => (answer = resolve)));
    await fail(3);
    answer('late');
    expect(await slow).to.equal('late');
    expect(state.told).to.deep.equal([true, false]);
  });

  it('stopped, it probes no more', async () => {
    const { breaker, fail, state } = bench({ probeEveryMs: 1 });
    breaker.stop();
    await fail(3);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(state.probes).to.equal(0);
  });
});
