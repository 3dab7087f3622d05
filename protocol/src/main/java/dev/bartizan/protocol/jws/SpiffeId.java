// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.jws;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import java.net.URI;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a device certificate calls its device: {@code spiffe://TRUST-DOMAIN/device/UEID}.
 *
 * @param trustDomain lower-case letters, digits, dots, hyphens and underscores (SPIFFE-ID 2.1)
 */
public record SpiffeId(String trustDomain, Ueid device) {
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
  private static final Pattern URI_FORM =
      Pattern.compile("spiffe://([a-z0-9._-]{1,255})/device/([A-Za-z0-9_-]{44})");
  private static final int SAN_URI = 6;

  public SpiffeId {
    if (!TRUST_DOMAIN.matcher(trustDomain).matches()) {
      throw new IllegalArgumentException("not a trust domain: " + trustDomain);
    }
  }

  public URI toUri() {
    return URI.create("spiffe://" + trustDomain + "/device/" + device.text());
  }

  /**
   * Reads the one URI in the certificate's subject alternative names. Whether the certificate is to
   * be believed is the caller's question.
   */
  public static SpiffeId of(X509Certificate certificate) throws Malformed {
    List<String> uris = uris(certificate);
    if (uris.size() != 1) {
      throw new Malformed("device certificate has " + uris.size() + " URI names, not one");
    }
    Matcher form = URI_FORM.matcher(uris.get(0));
    if (!form.matches()) {
      throw new Malformed("device certificate names no device");
    }
    try {
      return new SpiffeId(form.group(1), Ueid.parse(form.group(2)));
    } catch (IllegalArgumentException notADevice) {
      throw new Malformed("device certificate: " + notADevice.getMessage(), notADevice);
    }
  }

  private static List<String> uris(X509Certificate certificate) throws Malformed {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      List<String> uris = new ArrayList<>();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        if (Integer.valueOf(SAN_URI).equals(name.get(0))) {
          uris.add(String.valueOf(name.get(1)));
        }
      }
      return uris;
    } catch (CertificateParsingException broken) {
      throw new Malformed("device certificate has no readable alternative names", broken);
    }
  }
}
