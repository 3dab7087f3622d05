package dev.bartizan.updater.install;

import dev.bartizan.crypto.Digest;
import java.util.Set;

/**
 * A release the device holds.
 *
 * @param objects the digest of every object in the store that it needs
 */
public record Installed(Release release, Set<Digest> objects) {
  public Installed {
    objects = Set.copyOf(objects);
  }
}
