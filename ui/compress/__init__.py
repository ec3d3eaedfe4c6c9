"""The page Compress: a code as a file, weighed and laid beside JPEG, WebP, AVIF and PNG."""
