/** Runs before every test file: a rejection nobody handled fails the run instead of passing silently. */
process.on('unhandledRejection', (error) => {
  throw error;
});
