/** Real engines and a tiny image for the tests of every part of core. */
export { copyImage, dockerAt } from './copy-image.ts';
export { startTestDocker, startTestPodman, whyNoTestEngine, type TestEngine } from './daemons.ts';
export { importTestImage, TEST_IMAGE, testRootfs } from './rootfs.ts';
export { sandboxOptions, testContainer, runIn } from './sandboxes.ts';
