import java.io.File;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Checks PDF files against PDF/A-3u with veraPDF: a line for each file, and for each rule that it breaks. */
public class Conforms {
  private static final PDFAFlavour FLAVOUR = PDFAFlavour.PDFA_3_U;
  private static final String PROFILE = "/org/verapdf/pdfa/validation/PDFA-3U.xml";

  public static void main(String[] names) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    ValidationProfile profile = profile();
    boolean all = true;
    for (String name : names) {
      try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(name), FLAVOUR);
          PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, false)) {
        ValidationResult result = validator.validate(parser);
        System.out.println(name + ": " + (result.isCompliant() ? "conforms" : "does not conform"));
        for (TestAssertion one : result.getTestAssertions()) {
          if (one.getStatus() == TestAssertion.Status.FAILED) {
            System.out.println("  " + one.getRuleId().getClause() + ": " + one.getMessage());
          }
        }
        all &= result.isCompliant();
      }
    }
    System.exit(all ? 0 : 1);
  }

  /** The rules. veraPDF reads them through JAXB, which Java no longer brings; they are plain enough without. */
  private static ValidationProfile profile() throws Exception {
    Element root;
    try (InputStream stream = PDFAValidator.class.getResourceAsStream(PROFILE)) {
      root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(stream).getDocumentElement();
    }
    Set<Rule> rules = new HashSet<>();
    for (Element element : elements(root, "rule")) {
      rules.add(rule(element));
    }
    Set<Variable> variables = new HashSet<>();
    for (Element one : elements(root, "variable")) {
      variables.add(
          Profiles.variableFromValues(
              one.getAttribute("name"), one.getAttribute("object"), text(one, "defaultValue"), text(one, "value")));
    }
    if (rules.size() < 100) {
      throw new IllegalStateException("the rules were not read");
    }
    return Profiles.profileFromValues(
        FLAVOUR, Profiles.profileDetailsFromValues("PDF/A-3u", "", "", new Date(0)), "", rules, variables);
  }

  private static Rule rule(Element of) {
    Element id = elements(of, "id").get(0);
    List<ErrorArgument> arguments = new ArrayList<>();
    for (Element one : elements(of, "argument")) {
      arguments.add(ErrorArgumentImpl.fromValues(one.getTextContent(), "", ""));
    }
    return Profiles.ruleFromValues(
        Profiles.ruleIdFromValues(
            FLAVOUR.getPart(), id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber"))),
        of.getAttribute("object"),
        of.getAttribute("deferred").equals("true"),
        of.getAttribute("tags"),
        text(of, "description"),
        text(of, "test"),
        Profiles.errorFromValues(text(of, "message"), arguments),
        new ArrayList<>());
  }

  private static List<Element> elements(Element of, String name) {
    List<Element> found = new ArrayList<>();
    NodeList nodes = of.getElementsByTagName(name);
    for (int i = 0; i < nodes.getLength(); i++) {
      found.add((Element) nodes.item(i));
    }
    return found;
  }

  private static String text(Element of, String name) {
    List<Element> found = elements(of, name);
    return found.isEmpty() ? "" : found.get(0).getTextContent();
  }
}
