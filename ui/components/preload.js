// Hands over what is not seen: networks.

export default ({ data, parentElement }) => take(unpack(data), parentElement);
