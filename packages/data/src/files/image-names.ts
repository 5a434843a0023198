/** Names that are taken for images where a folder is looked through. */
const imageName = /\.(jpe?g|png|webp)$/i;

/** True where the name of a file says JPEG, PNG or WebP: what data sets take for images, and nothing else. */
export const isImageName = (name: string): boolean => imageName.test(name);

/** True where the name says TFRecord. */
export const isShardName = (name: string): boolean => /^(?!\.).*\.tfrec(ord)?s?$/i.test(name);
