// Whether memory that is mapped from a descriptor is a DAX device's own.
#pragma once

namespace daxlab {

// Of a file of a file system mounted for DAX, or of a character device (devdax). Never waits.
bool maps_dax(int descriptor) noexcept;

}  // namespace daxlab
