//! How single values look in the API document: plain types, never references of their own.

use utoipa::ToSchema;
use utoipa::openapi::schema::{KnownFormat, Object, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

use super::catalogue::Scalar;
use super::lenient::{BigInt, Flag, Guid, Int, Moment, Real, Text};

/// How a value leaves.
pub(super) fn describe(scalar: Scalar) -> Object {
    let (kind, format) = match scalar {
        Scalar::Int => (Type::Integer, Some(KnownFormat::Int32)),
        Scalar::BigInt => (Type::Integer, Some(KnownFormat::Int64)),
        Scalar::Real => (Type::Number, Some(KnownFormat::Double)),
        Scalar::Flag => (Type::Boolean, None),
        Scalar::Text => (Type::String, None),
        Scalar::Moment | Scalar::WallTime => (Type::String, Some(KnownFormat::DateTime)),
        Scalar::Guid => (Type::String, Some(KnownFormat::Uuid)),
    };
    let format = format.map(SchemaFormat::KnownFormat);
    ObjectBuilder::new().schema_type(kind).format(format).build()
}

/// What is taken for a value: all that `coerce` reads, and text that it may yet refuse, such as the
/// 30th of February. The first type is the one that the value leaves as.
pub(super) fn describe_taken(scalar: Scalar) -> Object {
    let mut taken = describe(scalar);
    let (types, pattern): (&[Type], _) = match scalar {
        Scalar::Int | Scalar::BigInt => (&[Type::Integer, Type::String], Some(WHOLE)),
        Scalar::Real => (&[Type::Number, Type::String], Some(REAL)),
        Scalar::Flag => (&[Type::Boolean, Type::Integer, Type::String], Some(FLAG)),
        Scalar::Text => (&[Type::String, Type::Number, Type::Boolean], None),
        // The two cannot be told apart once they are described, so that either says what both take.
        Scalar::Moment | Scalar::WallTime => (&[Type::String], Some(MOMENT)),
        Scalar::Guid => (&[Type::String], Some(GUID)),
    };
    taken.schema_type = SchemaType::Array(types.iter().cloned().chain([Type::Null]).collect());
    taken.pattern = pattern.map(str::to_owned);
    if scalar == Scalar::Flag {
        taken.minimum = Some(0.into());
        taken.maximum = Some(1.into());
    }
    // Formats of text are stricter than we are.
    if types[0] == Type::String {
        taken.format = None;
    }
    taken
}

/// What is taken where a value is described as it leaves; nothing when no leniency applies.
pub(super) fn widen(plain: &Object) -> Option<Object> {
    let types: &[Type] = match &plain.schema_type {
        SchemaType::Type(only) => std::slice::from_ref(only),
        SchemaType::Array(several) => several,
        SchemaType::AnyValue => return None,
    };
    let kind = types.iter().find(|kind| **kind != Type::Null)?;
    let scalar = SCALARS.into_iter().find(|scalar| {
        let known = describe(*scalar);
        known.schema_type == SchemaType::Type(kind.clone()) && known.format == plain.format
    })?;
    let taken = describe_taken(scalar);
    let mut wide = plain.clone();
    wide.schema_type = taken.schema_type;
    wide.format = taken.format;
    wide.pattern = taken.pattern;
    wide.minimum = taken.minimum.or(wide.minimum);
    wide.maximum = taken.maximum.or(wide.maximum);
    Some(wide)
}

const SCALARS: [Scalar; 7] =
    [Scalar::Int, Scalar::BigInt, Scalar::Real, Scalar::Flag, Scalar::Text, Scalar::Moment, Scalar::Guid];

// All of these take nothing but spaces for "none", as `coerce` does.
const WHOLE: &str = r"^\s*([+-]?[0-9]+(\.0*)?)?\s*$";
const REAL: &str = r"^\s*([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([Ee][+-]?[0-9]+)?)?\s*$";
const FLAG: &str = r"^\s*([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[01])?\s*$";
const MOMENT: &str = r"^\s*([+-]?[0-9]{1,6}-[0-9]{1,2}-[0-9]{1,2}.*|[0-9]{1,2}:[0-9]{1,2}.*)?\s*$";
const GUID: &str = r"^\s*((urn:uuid:)?\{?[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}\}?)?\s*$";

/// The derive asks fields for both traits; the first is public in all but its path.
macro_rules! described {
    ($($name:ident),*) => { $(
        impl utoipa::__dev::ComposeSchema for $name {
            fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
                RefOr::T(Schema::Object(describe(Scalar::$name)))
            }
        }

        impl ToSchema for $name {}
    )* };
}

described!(Int, BigInt, Real, Flag, Text, Moment, Guid);

/// The value types by the names under which the derive refers to them.
pub(super) fn value_schemas() -> [(String, RefOr<Schema>); 7] {
    fn value<T: ToSchema>() -> (String, RefOr<Schema>) {
        (T::name().into_owned(), T::schema())
    }
    [
        value::<Int>(),
        value::<BigInt>(),
        value::<Real>(),
        value::<Flag>(),
        value::<Text>(),
        value::<Moment>(),
        value::<Guid>(),
    ]
}
