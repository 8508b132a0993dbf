import { logDecisions, openLog } from '../../support/decision-log.ts';

/** A process that logs, for a test that takes its disk away. Each message is a number of decisions, or the end. */
const sink = await openLog(process.argv[2]!, { bufferBytes: 20_000 });
process.on('message', (message: number | 'end') => {
  const work = message === 'end' ? sink.close(300) : logDecisions(sink, message);
  void work.then(() => {
    const { account, waiting } = sink.delivery.outbox;
    process.send!({ ...account, waiting });
    if (message === 'end') process.disconnect();
  });
});
process.send!('ready');
