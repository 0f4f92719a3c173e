/** Runtime images: what the rest of core imports. */
export { createImages, type ImagesOptions, type ImageStore, type RunImage } from './store.ts';
