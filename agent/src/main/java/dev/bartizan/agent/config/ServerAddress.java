// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Addresses of servers, checked whole where they are read: what a client would find wrong with one
 * later, somewhere in a library, would end the daemon or keep it trying for ever.
 */
final class ServerAddress {
  private static final int HIGHEST_PORT = 65535;

  private ServerAddress() {}

  /** Where paths of files are appended: {@code http[s]://HOST[:PORT][/PATH]}. */
  static URI base(ConfigTable table, String key, String text) throws ConfigRefusal {
    URI uri = parse(table, key, text);
    boolean known = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!known) {
      throw table.refusal(key, "is not http://HOST[:PORT]...: " + text);
    }
    requireServer(table, key, text, uri, "http://HOST[:PORT]...");
    return uri;
  }

  /** A server that nobody guesses the port of: {@code SCHEME://HOST:PORT}. */
  static URI withPort(ConfigTable table, String key, String text, String scheme)
      throws ConfigRefusal {
    String form = scheme + "://HOST:PORT";
    URI uri = parse(table, key, text);
    boolean isPath = !uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/");
    if (!scheme.equals(uri.getScheme()) || isPath) {
      throw table.refusal(key, "is not " + form + ": " + text);
    }
    requireServer(table, key, text, uri, form);
    if (uri.getPort() < 0) {
      throw table.refusal(key, "names no port, as in " + form + ": " + text);
    }
    return uri;
  }

  private static URI parse(ConfigTable table, String key, String text) throws ConfigRefusal {
    try {
      URI uri = new URI(text);
      if (uri.isOpaque() || uri.getRawPath() == null) {
        throw table.refusal(key, "is not a URL: " + text);
      }
      return uri;
    } catch (URISyntaxException notAUri) {
      throw table.refusal(key, "is not a URL: " + text, notAUri);
    }
  }

  private static void requireServer(
      ConfigTable table, String key, String text, URI uri, String form) throws ConfigRefusal {
    if (uri.getHost() == null || uri.getHost().isEmpty() || uri.getRawUserInfo() != null) {
      throw table.refusal(key, "is not " + form + ": " + text);
    }
    if (uri.getPort() == 0 || uri.getPort() > HIGHEST_PORT) {
      throw table.refusal(key, "has a port that is not from 1 to 65535: " + text);
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw table.refusal(key, "has a query or a fragment, which no file is asked with: " + text);
    }
  }
}
