// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The name of a Unix socket in the file system. */
@TouchesTheWorld("a socket file outlives the process that bound it, and has an owner and a mode")
final class UnixSocketFile {
  private static final int TYPE_MASK = 0170000;
  private static final int SOCKET_TYPE = 0140000;

  private final Path path;

  UnixSocketFile(Path path) {
    this.path = path;
  }

  /**
   * Makes the name free to bind: removes what a dead process left.
   *
   * @throws IOException when a living process answers there, or it is no socket at all
   */
  void claim() throws IOException {
    if (!isThere()) {
      return;
    }
    int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & TYPE_MASK) != SOCKET_TYPE) {
      throw new IOException(path + " is there and is not a socket");
    }
    if (somebodyAnswers()) {
      throw new IOException("socket " + path + " is already in use by a running process");
    }
    Files.delete(path);
  }

  /** Whether anything has the name. */
  boolean isThere() {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Sets who may connect; between binding and this call, the process's umask decides. */
  void protect(String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private boolean somebodyAnswers() throws IOException {
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return probe.isConnected();
    } catch (ConnectException nobody) {
      return false;
    }
  }
}
