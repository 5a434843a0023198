/** Names that are taken for images where a folder is looked through. */
const imageName = /\.(jpe?g|png|webp)$/i;

/** True where the name says JPEG, PNG or WebP. */
export const isImageName = (name: string): boolean => imageName.test(name);

/** True where the name says TFRecord. */
export const isShardName = (name: string): boolean => /^(?!\.).*\.tfrec(ord)?s?$/i.test(name);
